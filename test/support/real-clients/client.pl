# Perl's LWP through the proxy of the environment: a GET and a POST. Argument: URL.
use strict;
use warnings;
use LWP::UserAgent;

my $agent = LWP::UserAgent->new(env_proxy => 1, timeout => 20);
for my $response (
  $agent->get("$ARGV[0]?perl-get"),
  $agent->post("$ARGV[0]?perl-post", 'Content-Type' => 'application/json', Content => '{"total":1}'),
) {
  print $response->code, ' ', $response->decoded_content, "\n";
}
