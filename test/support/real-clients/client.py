# Python's requests or httpx through the proxy of the environment: a GET and a POST. Arguments: module, URL.
import importlib
import sys

module, url = sys.argv[1:]
client = importlib.import_module(module)
for answer in (
    client.get(f"{url}?{module}-get", timeout=20),
    client.post(f"{url}?{module}-post", json={"total": 1}, timeout=20),
):
    print(answer.status_code, answer.text)
