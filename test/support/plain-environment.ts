// Takes out of the environment what leads the programs that tests start elsewhere: somebody's proxy, trust, Telltale or colours.

const leading =
  /^(https?|all|wss?|ftp|no|cgi_http|global_agent_https?)_?proxy$|_CA_BUNDLE$|_CAINFO$|^SSL_CERT_|^(NODE_USE_ENV_PROXY|NODE_EXTRA_CA_CERTS|NODE_TLS_REJECT_UNAUTHORIZED|TELLTALE_HOME|TELLTALE_PROXY|NO_COLOR|FORCE_COLOR|CLICOLOR_FORCE|CURL_HOME)$/i

for (const name of Object.keys(process.env)) if (leading.test(name)) delete process.env[name]
