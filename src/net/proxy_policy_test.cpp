#include "net/proxy_policy.hpp"

#include <map>

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "net/tls_policy.hpp"

namespace postroom::net {
namespace {

TEST(ProxyUrl, SaysWhereAndWho) {
  Proxy proxy = parse_proxy("http://jo:p%40ss%3Aword@proxy.example.com:3128");
  EXPECT_EQ(proxy.scheme, ProxyScheme::http);
  EXPECT_EQ(proxy.host, "proxy.example.com");
  EXPECT_EQ(proxy.port, 3128);
  EXPECT_TRUE(proxy.signs_in);
  EXPECT_EQ(proxy.user, "jo");
  EXPECT_EQ(proxy.password.reveal(), "p@ss:word");
  EXPECT_EQ(to_words(proxy), "http://proxy.example.com:3128");
}

TEST(ProxyUrl, FillsInAsCurlDoes) {
  const std::pair<const char*, const char*> cases[] = {
      {"proxy:3128", "http://proxy:3128"},
      {"proxy", "http://proxy:1080"},
      {"https://proxy/", "https://proxy:443"},
      {"SOCKS5://10.0.0.1:1", "socks5://10.0.0.1:1"},
      {"socks5h://[2001:db8::1]:9050", "socks5h://[2001:db8::1]:9050"},
  };
  for (const auto& [url, words] : cases) EXPECT_EQ(to_words(parse_proxy(url)), words) << url;
}

TEST(ProxyUrl, RefusesWhatIsNoneAndNeverShowsThePassword) {
  for (const char* url : {"",
                          "http://",
                          "http://:3128",
                          "socks4://hunter2@p:1",
                          "socks://p:1",
                          "http://p:0",
                          "http://p:99999",
                          "http://p:x",
                          "http://jo:hunter2@p:70000",
                          "http://jo:hunter2%@p:1",
                          "http://jo:hunter2%zz@p:1",
                          "http://jo:hunter2%00@p:1",
                          "http://a%3Ab:hunter2@p:1",
                          "http://p:1/path",
                          "http://p p:1",
                          "http://p\r\nX: y:1",
                          "http://[::1:1",
                          "http://p:1?q",
                          "hunter2://p:1/@",
                          "jo:hunter2@http://p:1",
                          "hunter2@http://p:1"}) {
    try {
      parse_proxy(url);
      ADD_FAILURE() << url;
    } catch (const base::Error& error) {
      EXPECT_EQ(error.code(), "net.bad_proxy") << url;
      EXPECT_FALSE(error.hint().empty());
      if (!std::string_view(url).starts_with("hunter2"))
        EXPECT_FALSE(error.message().contains("hunter2")) << error.message();
    }
  }
  EXPECT_THROW(parse_proxy("http://u:" + std::string(256, 'x') + "@p:1"), base::Error);
  EXPECT_THROW(parse_proxy("http://" + std::string(5000, 'x')), base::Error);
}

TEST(ProxyPolicy, TakesEnvNoneOrAUrl) {
  EXPECT_EQ(parse_proxy_policy("").from, ProxyPolicy::From::environment);
  EXPECT_EQ(parse_proxy_policy(" env ").from, ProxyPolicy::From::environment);
  EXPECT_EQ(parse_proxy_policy("none").from, ProxyPolicy::From::nowhere);
  EXPECT_EQ(parse_proxy_policy("socks5h://p:1").proxy->scheme, ProxyScheme::socks5h);
}

std::string chosen(const std::map<std::string, std::string>& variables, const std::string& host,
                   Traffic traffic = Traffic::other) {
  auto look_up = [&](const char* name) -> std::optional<std::string> {
    auto found = variables.find(name);
    if (found == variables.end()) return std::nullopt;
    return found->second;
  };
  auto proxy = proxy_for({ProxyPolicy::From::environment}, host, 993, traffic, look_up);
  return proxy ? to_words(*proxy) : "direct";
}

TEST(ProxyEnvironment, IsReadAsCurlReadsIt) {
  EXPECT_EQ(chosen({}, "h"), "direct");
  EXPECT_EQ(chosen({{"HTTPS_PROXY", "a:1"}}, "h"), "http://a:1");
  EXPECT_EQ(chosen({{"HTTPS_PROXY", "a:1"}, {"https_proxy", "b:2"}}, "h"), "http://b:2");
  EXPECT_EQ(chosen({{"ALL_PROXY", "socks5h://a:1"}}, "h"), "socks5h://a:1");
  EXPECT_EQ(chosen({{"all_proxy", "b:2"}, {"HTTPS_PROXY", "a:1"}}, "h"), "http://a:1");
  EXPECT_EQ(chosen({{"http_proxy", "a:1"}, {"HTTP_PROXY", "b:2"}}, "h"), "direct");
  EXPECT_EQ(chosen({{"HTTP_PROXY", "b:2"}}, "h", Traffic::plain_http), "direct");
  EXPECT_EQ(chosen({{"http_proxy", "a:1"}}, "h", Traffic::plain_http), "http://a:1");
  EXPECT_EQ(chosen({{"ALL_PROXY", "a:1"}, {"NO_PROXY", "h"}}, "h"), "direct");
  EXPECT_EQ(chosen({{"ALL_PROXY", "a:1"}, {"no_proxy", "x"}, {"NO_PROXY", "h"}}, "h"),
            "http://a:1");
}

TEST(ProxyEnvironment, IsNeverForThisMachine) {
  for (const char* host : {"localhost", "127.0.0.1", "::1", "127.9.9.9"})
    EXPECT_EQ(chosen({{"ALL_PROXY", "a:1"}}, host), "direct") << host;
}

TEST(ProxyEnvironment, NamesTheVariableThatIsWrong) {
  try {
    chosen({{"ALL_PROXY", "ftp://jo:hunter2@p:1"}}, "h");
    FAIL();
  } catch (const base::Error& error) {
    EXPECT_EQ(error.code(), "net.bad_proxy");
    EXPECT_TRUE(error.message().contains("ALL_PROXY")) << error.message();
    EXPECT_FALSE(error.message().contains("hunter2")) << error.message();
  }
}

TEST(NoProxy, CoversNamesAddressesNetworksAndPorts) {
  struct Case {
    const char* list;
    const char* host;
    bool is_exempt;
  };
  const Case cases[] = {
      {"*", "anything", true},
      {"example.com", "example.com", true},
      {"example.com", "mail.EXAMPLE.com.", true},
      {"example.com", "badexample.com", false},
      {".example.com", "mail.example.com", true},
      {".example.com", "example.com", true},
      {"*.example.com", "mail.example.com", true},
      {"a, example.com\tb", "example.com", true},
      {"example.com:993", "example.com", true},
      {"example.com:143", "example.com", false},
      {"10.0.0.0/8", "10.200.3.4", true},
      {"10.0.0.0/8", "11.0.0.1", false},
      {"192.168.0.0/20", "192.168.15.1", true},
      {"192.168.0.0/20", "192.168.16.1", false},
      {"10.0.0.1", "10.0.0.1", true},
      {"10.0.0.1:143", "10.0.0.1", false},
      {"0.0.0.0/0", "8.8.8.8", true},
      {"10.0.0.0/33", "10.0.0.1", false},
      {"10.0.0.0/x", "10.0.0.1", false},
      {"fd00::/8", "fd12::1", true},
      {"[2001:db8::1]:993", "2001:db8::1", true},
      {"2001:db8::1", "2001:db8::1", true},
      {"10.0.0.0/8", "::ffff:10.0.0.1", true},
      {"0.1", "10.0.0.1", false},
      {"", "h", false},
      {" , ,", "h", false},
      {".", "h", false},
  };
  for (const auto& each : cases)
    EXPECT_EQ(is_exempt(each.list, each.host, 993), each.is_exempt)
        << each.list << " for " << each.host;
}

TEST(Pin, IsThirtyTwoBytesOfBase64) {
  const std::string digest = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
  EXPECT_EQ(parse_pin(digest), digest);
  EXPECT_EQ(parse_pin(" sha256//" + digest + " "), digest);
  EXPECT_EQ(parse_pin(digest.substr(0, 43)), digest);
  for (const std::string& wrong : {std::string(), std::string("x"), digest.substr(4),
                                   digest + digest, std::string("sha1//") + digest}) {
    try {
      parse_pin(wrong);
      ADD_FAILURE() << wrong;
    } catch (const base::Error& error) {
      EXPECT_EQ(error.code(), "tls.bad_pin");
    }
  }
}

}  // namespace
}  // namespace postroom::net
