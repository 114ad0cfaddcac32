// A service that responds to GetDeviceCertificate, and with -devices to all operations, as fast as it can: the benchmark measures clients, not their server.
//
// It prints its port. With -load it is the client instead, and prints how many calls a second such a server takes.
package main

import (
	"crypto/tls"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

const requestID = "020F6A43-19E6-4B6E-B846-44EB31DF4D76"

func main() {
	delay := flag.Duration("delay", 0, "wait this long before each response")
	certificate := flag.String("certificate", "", "PEM file; with -key, serve over TLS")
	key := flag.String("key", "", "PEM file of the private key")
	content := flag.String("content", "", "PEM file that every response has as its certificate")
	limit := flag.Int("quota", 0, "maximum number of calls that are accepted in any second; 0: all")
	others := flag.Int("others", 0, "how many of these calls each second are somebody else's")
	devices := flag.Int("devices", 0, "number of certificates that it has, and lists; 0: every one that is requested")
	load := flag.String("load", "", "URL to send calls to")
	calls := flag.Int64("calls", 20000, "how many calls to send")
	flag.Parse()
	if *load != "" {
		fmt.Printf("%.0f\n", rate(*load, *calls))
		return
	}
	pem, err := os.ReadFile(*content)
	check(err)
	handler := service(strings.ReplaceAll(string(pem), "\n", `\\n`), *delay)
	if *devices > 0 {
		handler = newFleet(pem, *devices).handler()
	}
	if *limit > 0 {
		handler = newQuota(*limit, *others).strict(handler)
	}
	server := &http.Server{
		Handler:   handler,
		TLSConfig: &tls.Config{NextProtos: []string{"http/1.1"}},
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	check(err)
	fmt.Println(listener.Addr().(*net.TCPAddr).Port)
	if *certificate != "" {
		check(server.ServeTLS(listener, *certificate, *key))
	}
	check(server.Serve(listener))
}

func service(pem string, delay time.Duration) http.Handler {
	return http.HandlerFunc(func(writer http.ResponseWriter, request *http.Request) {
		arguments := request.URL.Query()
		time.Sleep(delay)
		body := `{"RequestId":"` + requestID + `","Data":{"DeviceSn":` + strconv.Quote(arguments.Get("DeviceSn")) +
			`,"CaSn":` + strconv.Quote(arguments.Get("CaSn")) + `,"DeviceName":"device","DeviceContent":"` + pem +
			`","ValidBegin":"1638400475000","ValidEnd":"1953933275000","Status":"1"}}`
		respond(writer, body)
	})
}

func respond(writer http.ResponseWriter, body string) {
	writer.Header().Set("Content-Type", "application/json;charset=utf-8")
	writer.Header().Set("x-acs-request-id", requestID)
	writer.Header().Set("Content-Length", strconv.Itoa(len(body)))
	io.WriteString(writer, body)
}

// rate sends calls on 32 connections and returns how many a second were answered.
func rate(url string, calls int64) float64 {
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 32}}
	var sent atomic.Int64
	var workers sync.WaitGroup
	began := time.Now()
	for range 32 {
		workers.Add(1)
		go func() {
			defer workers.Done()
			for sent.Add(1) <= calls {
				response, err := client.Get(url + "/?CaSn=00f2&DeviceSn=1")
				check(err)
				io.Copy(io.Discard, response.Body)
				response.Body.Close()
			}
		}()
	}
	workers.Wait()
	return float64(calls) / time.Since(began).Seconds()
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
