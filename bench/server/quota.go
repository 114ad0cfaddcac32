package main

import (
	"fmt"
	"io"
	"net/http"
	"strconv"
	"sync"
	"time"
)

const period = time.Second

// quota limits the calls that are accepted in any second. Somebody else may use the account too, at regular intervals.
type quota struct {
	lock      sync.Mutex
	accepted  []time.Time // the last calls that were accepted, as a ring
	oldest    int
	ours      int
	throttled int
}

func newQuota(limit int, others int) *quota {
	all := &quota{accepted: make([]time.Time, limit)}
	if others > 0 {
		go func() {
			for range time.Tick(period / time.Duration(others)) {
				all.lock.Lock()
				all.accept()
				all.lock.Unlock()
			}
		}()
	}
	return all
}

// accept counts a call if it is within the limit. The caller holds the lock.
func (all *quota) accept() bool {
	now := time.Now()
	if now.Sub(all.accepted[all.oldest]) < period {
		return false
	}
	all.accepted[all.oldest] = now
	all.oldest = (all.oldest + 1) % len(all.accepted)
	return true
}

// strict responds in place of next if the quota is used up. At /quota, it reports how many calls were accepted and how
// many were not.
func (all *quota) strict(next http.Handler) http.Handler {
	return http.HandlerFunc(func(writer http.ResponseWriter, request *http.Request) {
		all.lock.Lock()
		if request.URL.Path == "/quota" {
			fmt.Fprintf(writer, `{"accepted":%d,"throttled":%d}`, all.ours, all.throttled)
			all.lock.Unlock()
			return
		}
		isAccepted := all.accept()
		if isAccepted {
			all.ours++
		} else {
			all.throttled++
		}
		all.lock.Unlock()
		if isAccepted {
			next.ServeHTTP(writer, request)
			return
		}
		body := `{"RequestId":"` + requestID + `","Code":"Throttling.User","Message":"Request was denied due to user flow control."}`
		writer.Header().Set("Content-Type", "application/json;charset=utf-8")
		writer.Header().Set("Content-Length", strconv.Itoa(len(body)))
		writer.WriteHeader(http.StatusBadRequest)
		io.WriteString(writer, body)
	})
}
