// Asks Go's net/http which proxy it takes, and prints the answers as the JSON of proxy-vectors.json.
// Usage: go run goProxies.go > proxy-vectors.json   (the standard library alone is needed)
// Go reads the variables once per process, so each environment is asked in a process of its own.
package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"runtime"
	"strings"
)

type question struct {
	Environment map[string]string `json:"environment"`
	Urls        []string          `json:"urls"`
}

type vector struct {
	Environment map[string]string `json:"environment"`
	// By address: the proxy's address, or null for the direct way.
	Proxies map[string]*string `json:"proxies"`
}

const proxy = "http://proxy.example:3128"

func excepting(noProxy string, urls ...string) question {
	return question{map[string]string{"HTTPS_PROXY": proxy, "HTTP_PROXY": proxy, "NO_PROXY": noProxy}, urls}
}

var both = []string{"https://aom.cn-north-4.myhuaweicloud.com/v1", "http://aom.cn-north-4.myhuaweicloud.com/v1"}

var questions = []question{
	{map[string]string{}, both},
	{map[string]string{"HTTPS_PROXY": proxy}, both},
	{map[string]string{"HTTP_PROXY": proxy}, both},
	{map[string]string{"https_proxy": proxy, "http_proxy": "http://other.example:1"}, both},
	{map[string]string{"HTTPS_PROXY": proxy, "https_proxy": "http://lower.example:1"}, both},
	{map[string]string{"HTTPS_PROXY": "", "https_proxy": "http://lower.example:1"}, both},
	{map[string]string{"NO_PROXY": "myhuaweicloud.com", "no_proxy": "other.example", "HTTPS_PROXY": proxy}, append(both, "https://other.example/")},
	{map[string]string{"ALL_PROXY": proxy, "all_proxy": proxy}, both},
	{map[string]string{"HTTPS_PROXY": "proxy.example:3128"}, both},
	{map[string]string{"HTTPS_PROXY": "proxy.example"}, both},
	{map[string]string{"HTTPS_PROXY": "localhost:3128"}, both},
	{map[string]string{"HTTPS_PROXY": "10.0.0.1:3128"}, both},
	{map[string]string{"HTTPS_PROXY": "https://proxy.example"}, both},
	{map[string]string{"HTTPS_PROXY": "http://[2001:db8::1]:3128"}, both},
	// Loopback is never proxied; what only looks like it is.
	excepting("", "http://localhost:8787/", "https://localhost/", "http://127.0.0.1:8787/", "http://127.8.8.8/", "http://[::1]:8787/",
		"http://[::ffff:127.0.0.1]/", "http://localhost.example/", "http://my.localhost/", "http://128.0.0.1/", "http://0.0.0.0/", "http://[::2]/",
		"http://169.254.169.254/", "http://100.100.100.200/"),
	// A name excepts itself and all below.
	excepting("myhuaweicloud.com", both[0], "https://myhuaweicloud.com/", "https://notmyhuaweicloud.com/", "https://myhuaweicloud.com.example/"),
	excepting(".myhuaweicloud.com", both[0], "https://myhuaweicloud.com/"),
	excepting("*.myhuaweicloud.com", both[0], "https://myhuaweicloud.com/"),
	excepting("aom.*.myhuaweicloud.com", both[0]),
	excepting("MyHuaweiCloud.COM", both[0], "https://AOM.MYHUAWEICLOUD.COM/"),
	excepting("*", both[0], "http://10.1.2.3/"),
	excepting("a.example,*,b.example", both[0]),
	excepting("**", both[0]),
	// Commas separate, spaces around them do not count, others do.
	excepting(" a.example , b.example ", "https://a.example/", "https://b.example/", "https://c.example/"),
	excepting("a.example b.example", "https://a.example/", "https://b.example/"),
	excepting("a.example;b.example", "https://a.example/", "https://b.example/"),
	excepting(",,", "https://a.example/"),
	// Ports.
	excepting("a.example:8443", "https://a.example:8443/", "https://a.example/", "https://x.a.example:8443/"),
	excepting("a.example:443", "https://a.example/", "http://a.example/"),
	excepting("a.example:80", "https://a.example/", "http://a.example/"),
	excepting(".a.example:443", "https://a.example/", "https://x.a.example/"),
	excepting("a.example:", "https://a.example/", "https://a.example:8443/"),
	excepting(":443", "https://a.example/"),
	excepting("a.example:https", "https://a.example/"),
	// Addresses.
	excepting("10.1.2.3", "https://10.1.2.3/", "https://10.1.2.3:8443/", "https://10.1.2.4/", "https://x.10.1.2.3.example/"),
	excepting("10.1.2.3:8443", "https://10.1.2.3/", "https://10.1.2.3:8443/"),
	excepting("10.0.0.0/8", "https://10.1.2.3/", "https://11.1.2.3/", "https://10.example/", "https://[::ffff:10.1.2.3]/"),
	excepting("10.1.2.3/8", "https://10.200.0.1/", "https://11.1.2.3/"),
	excepting("10.1.2.3/32", "https://10.1.2.3/", "https://10.1.2.4/"),
	excepting("0.0.0.0/0", "https://10.1.2.3/", "https://[2001:db8::1]/", "https://a.example/"),
	excepting("10.0.0.0/33", "https://10.1.2.3/", "https://10.0.0.0/"),
	excepting("10.0.0.0/", "https://10.0.0.0/"),
	excepting("10.0", "https://10.0.0.1/", "https://a.10.0.example/"),
	excepting("2001:db8::1", "https://[2001:db8::1]/", "https://[2001:db8::2]/", "https://[2001:db8::1]:8443/", "https://[2001:0db8:0::1]/"),
	excepting("[2001:db8::1]", "https://[2001:db8::1]/"),
	excepting("[2001:db8::1]:8443", "https://[2001:db8::1]/", "https://[2001:db8::1]:8443/"),
	excepting("2001:db8::/32", "https://[2001:db8:1::1]/", "https://[2001:db9::1]/"),
	excepting("::ffff:10.1.2.3", "https://10.1.2.3/", "https://10.1.2.4/"),
	excepting("::/0", "https://[2001:db8::1]/", "https://10.1.2.3/", "https://[::ffff:10.1.2.3]/"),
	excepting("169.254.0.0/16,100.100.100.200", "http://169.254.169.254/", "http://100.100.100.200/", "http://100.100.100.201/"),
	// Names in other scripts.
	excepting("bücher.example", "https://bücher.example/", "https://xn--bcher-kva.example/", "https://shop.bücher.example/"),
	excepting("xn--bcher-kva.example", "https://bücher.example/"),
	// Trailing dots.
	excepting("a.example", "https://a.example./", "https://x.a.example./"),
	excepting("a.example.", "https://a.example/", "https://a.example./"),
}

func main() {
	if asked, isAsked := os.LookupEnv("PROXY_URLS"); isAsked {
		answer(strings.Split(asked, "\n"))
		return
	}
	vectors := []vector{}
	for _, each := range questions {
		command := exec.Command(os.Args[0])
		command.Env = []string{"PROXY_URLS=" + strings.Join(each.Urls, "\n")}
		for name, value := range each.Environment {
			command.Env = append(command.Env, name+"="+value)
		}
		output, err := command.Output()
		exitOn(err)
		proxies := map[string]*string{}
		exitOn(json.Unmarshal(output, &proxies))
		vectors = append(vectors, vector{each.Environment, proxies})
	}
	encoder := json.NewEncoder(os.Stdout)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	exitOn(encoder.Encode(map[string]any{
		"provenance": fmt.Sprintf("The answers of http.ProxyFromEnvironment of %s, asked by goProxies.go.", runtime.Version()),
		"vectors":    vectors,
	}))
}

func answer(urls []string) {
	proxies := map[string]*string{}
	for _, each := range urls {
		target, err := url.Parse(each)
		exitOn(err)
		found, err := http.ProxyFromEnvironment(&http.Request{URL: target})
		exitOn(err)
		proxies[each] = nil
		if found != nil {
			text := found.String()
			proxies[each] = &text
		}
	}
	exitOn(json.NewEncoder(os.Stdout).Encode(proxies))
}

func exitOn(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
