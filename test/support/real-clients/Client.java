// Java's own HttpClient through a proxy: a GET over HTTP/2, a POST over HTTP/1.1. Arguments: proxy port, URL.
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

class Client {
  public static void main(String[] args) throws Exception {
    HttpClient client = HttpClient.newBuilder()
        .proxy(ProxySelector.of(new InetSocketAddress("127.0.0.1", Integer.parseInt(args[0]))))
        .build();
    show(client.send(HttpRequest.newBuilder(URI.create(args[1] + "?java-get")).build(), HttpResponse.BodyHandlers.ofString()));
    HttpRequest post = HttpRequest.newBuilder(URI.create(args[1] + "?java-post"))
        .version(HttpClient.Version.HTTP_1_1)
        .header("Content-Type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofString("{\"total\":1}"))
        .build();
    show(client.send(post, HttpResponse.BodyHandlers.ofString()));
  }

  private static void show(HttpResponse<String> response) {
    System.out.println(response.statusCode() + " " + response.version() + " " + response.body());
  }
}
