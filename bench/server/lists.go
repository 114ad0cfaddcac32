package main

import (
	"bytes"
	"crypto/x509"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// A fleet is a number of certificates that differ from one of them in the serial number alone: nobody generates keys for
// them, and no signature of them is valid.
type fleet struct {
	der        []byte
	serial     int // where the serial number's last four bytes are
	sn         string
	begin, end string
	count      int
}

func newFleet(text []byte, count int) *fleet {
	block, _ := pem.Decode(text)
	certificate, err := x509.ParseCertificate(block.Bytes)
	check(err)
	number := certificate.SerialNumber.Bytes()
	at := bytes.Index(block.Bytes, number)
	return &fleet{
		der:    block.Bytes,
		serial: at + len(number) - 4,
		sn:     hex.EncodeToString(number[:len(number)-4]),
		begin:  strconv.FormatInt(certificate.NotBefore.UnixMilli(), 10),
		end:    strconv.FormatInt(certificate.NotAfter.UnixMilli(), 10),
		count:  count,
	}
}

// content returns the base64 of a certificate, which is counted from 1.
func (all *fleet) content(index int) string {
	der := slices.Clone(all.der)
	binary.BigEndian.PutUint32(der[all.serial:], uint32(index))
	return base64.StdEncoding.EncodeToString(der)
}

// escaped returns base64 as PEM whose newlines are a backslash and an n, within a text of JSON.
func escaped(base64 string) string {
	lines := []string{"-----BEGIN DEVICECERTIFICATE-----"}
	for ; len(base64) > 64; base64 = base64[64:] {
		lines = append(lines, base64[:64])
	}
	return strings.Join(append(lines, base64, "-----END DEVICECERTIFICATE-----"), `\\n`)
}

func (all *fleet) device(index int, ca string) string {
	return `{"DeviceSn":"` + all.sn + fmt.Sprintf("%08x", index) + `","CaSn":` + strconv.Quote(ca) +
		`,"DeviceName":"device-` + strconv.Itoa(index) + `","DeviceContent":"` + escaped(all.content(index)) +
		`","ValidBegin":"` + all.begin + `","ValidEnd":"` + all.end + `","Status":"1"}`
}

// respond returns what an operation on the fleet responds with, without the braces around it.
func (all *fleet) respond(action string, arguments url.Values) string {
	number, size := integer(arguments.Get("PageNo")), integer(arguments.Get("PageSize"))
	switch action {
	case "GetDeviceCertificate":
		index, _ := strconv.ParseUint(strings.TrimPrefix(arguments.Get("DeviceSn"), all.sn), 16, 32)
		return `"Data":` + all.device(int(index), arguments.Get("CaSn"))
	case "ListDeviceCertificate", "ListDeviceCertificateByCaSn":
		ca := arguments.Get("CaSn")
		if ca == "" {
			ca = "00f2"
		}
		page := all.page(number, size, func(index int) string { return all.device(index, ca) })
		return fmt.Sprintf(`"Data":{"PageNo":%d,"PageSize":%d,"Total":%d,"DeviceCertificateVOS":[%s]}`, number, size, all.count, page)
	case "QueryDevice":
		number := integer(arguments.Get("CurrentPage"))
		page := all.page(number, size, func(index int) string {
			return `{"DeviceName":"device-` + strconv.Itoa(index) + `","DeviceSecret":"secret"}`
		})
		return fmt.Sprintf(`"Success":true,"Total":%d,"Page":%d,"PageSize":%d,"PageCount":%d,"NextToken":"%d","Data":{"DeviceInfo":[%s]}`,
			all.count, number, size, (all.count+size-1)/size, number, page)
	case "QueryDeviceCert":
		index := integer(strings.TrimPrefix(arguments.Get("DeviceName"), "device-"))
		return fmt.Sprintf(`"Success":true,"DeviceCertInfo":{"CertSN":"%d","Status":2,"Certificate":"%s","PrivateKey":""}`,
			index, all.content(index))
	}
	return `"Code":"InvalidAction.NotFound","Message":"Specified api is not found."`
}

func (all *fleet) page(number int, size int, item func(int) string) string {
	var items []string
	for index := (number-1)*size + 1; index <= min(number*size, all.count); index++ {
		items = append(items, item(index))
	}
	return strings.Join(items, ",")
}

func (all *fleet) handler() http.Handler {
	return http.HandlerFunc(func(writer http.ResponseWriter, request *http.Request) {
		respond(writer, `{"RequestId":"`+requestID+`",`+all.respond(request.Header.Get("x-acs-action"), request.URL.Query())+`}`)
	})
}

func integer(text string) int {
	number, _ := strconv.Atoi(text)
	return number
}
