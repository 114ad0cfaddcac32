#!/usr/bin/env bash
# Makes the vectors beside it anew: certificates by OpenSSL (3.0 or newer), each below what OpenSSL itself says of it.
# negative-serial and month-13 are patched byte by byte: no OpenSSL makes them.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'cat "$work/log" >&2' ERR
cd "$work"

cat > openssl.cnf <<'CONFIG'
[req]
distinguished_name = none
string_mask = utf8only
utf8 = yes
[none]
[v3_device]
basicConstraints = critical, CA:FALSE
subjectAltName = DNS:device-1.example, IP:192.0.2.1, IP:2001:db8::1, URI:urn:device:1, email:ops@example.com, \
  RID:1.2.3.4, otherName:1.3.6.1.4.1.99999.1;UTF8:value, dirName:directory
[directory]
CN = directory name
O = Example
[v3_ca]
basicConstraints = critical, CA:TRUE
[v3_none]
subjectKeyIdentifier = none
CONFIG

# self NAME SUBJECT SERIAL EXTENSIONS [arguments of req...]: a self-signed certificate.
self() {
    local name=$1 subject=$2 serial=$3 extensions=$4
    shift 4
    openssl req -x509 -config openssl.cnf -extensions "$extensions" -nodes -subj "$subject" -set_serial "$serial" \
        -days 7300 -keyout "$name.key" -out "$name.pem" "$@" 2>> log
    describe "$name"
}

# describe NAME: what OpenSSL prints, and the certificate itself below it.
describe() {
    {
        openssl x509 -in "$1.pem" -noout -text
        openssl x509 -in "$1.pem" -noout -serial -subject -issuer -nameopt RFC2253,utf8,-esc_msb
        openssl x509 -in "$1.pem" -noout -dates -dateopt iso_8601
        openssl x509 -in "$1.pem" -noout -fingerprint -sha1
        openssl x509 -in "$1.pem" -noout -fingerprint -sha256
        openssl x509 -in "$1.pem"
    } > "$here/$1.pem"
}

# patch NAME FROM HEX HEX: NAME is FROM with the first occurrence of the bytes replaced by as many others.
patch() {
    openssl x509 -in "$2.pem" -outform DER | xxd -p | tr -d '\n' | sed "s/$3/$4/" | xxd -r -p > "$1.der"
    {
        # What a parser refuses has a fingerprint all the same.
        for digest in sha1 sha256; do
            echo "$digest Fingerprint=$(openssl dgst "-$digest" -r "$1.der" | cut -d' ' -f1 | tr a-f A-F)"
        done
        echo '-----BEGIN CERTIFICATE-----'
        base64 -w 64 "$1.der"
        echo '-----END CERTIFICATE-----'
    } > "$here/$1.pem"
}

self rsa '/C=CN/O=Ex, "quoted" \\ \+ Söhne/OU=设备/CN=device-1' 0x1234 v3_device -newkey rsa:2048 -sha256
self rsa-pss '/CN=device pss' 0x7f v3_device -newkey rsa:2048 -sha256 -sigopt rsa_padding_mode:pss
self rsa-pss-key '/CN=device pss key' 0x80 v3_none -newkey rsa-pss -pkeyopt rsa_keygen_bits:2048 -sha384
self rsa-sha512 '/CN=two/CN=names' 0x0102030405060708090a0b0c0d0e0f1011121314 v3_none -newkey rsa:2048 -sha512
self rsa-md5 '/CN=old' 0x0abc v3_ca -newkey rsa:1024 -md5
self ec-p256 '/CN=device ec' 0xf2690000ba87 v3_device -newkey ec -pkeyopt ec_paramgen_curve:P-256 -sha256
self ec-p384 '/CN=ca' 0x0f v3_ca -newkey ec -pkeyopt ec_paramgen_curve:P-384 -sha384
self ec-p521 '/O=no common name' 1 v3_none -newkey ec -pkeyopt ec_paramgen_curve:P-521 -sha512
self ed25519 '/CN=device ed25519' 0x356217374433 v3_device -newkey ed25519
self ed448 '/CN=device ed448' 0xffffffffffffffffffffffffffffffffffff v3_device -newkey ed448
self sm2 '/CN=device sm2' 0x5e2 v3_none -newkey sm2 -sm3
self zero-serial '/CN=zero' 0 v3_none -newkey ed25519
openssl dsaparam -out dsa.par 2048 2>> log
self dsa '/CN=device dsa' 0xd5a v3_none -newkey dsa:dsa.par -sha256
openssl req -new -config openssl.cnf -nodes -newkey ed25519 -keyout v1.key -subj '/CN=version 1' -out v1.csr 2>> log
openssl x509 -req -in v1.csr -key v1.key -set_serial 77 -days 3650 -out v1.pem 2>> log
describe v1
cat > ca.cnf <<'CONFIG'
[ca]
default_ca = self
[self]
database = index.txt
new_certs_dir = .
serial = serial
default_md = sha256
policy = any
[any]
commonName = supplied
CONFIG
touch index.txt
echo 4E5E > serial
openssl req -new -config openssl.cnf -nodes -newkey ec -pkeyopt ec_paramgen_curve:P-256 -keyout never.key \
    -subj '/CN=never' -out never.csr 2>> log
openssl ca -config ca.cnf -batch -selfsign -in never.csr -keyfile never.key -notext -out never-expires.pem \
    -startdate 19500101000000Z -enddate 99991231235959Z 2>> log
describe never-expires
patch negative-serial ec-p256 '020700f2690000ba87' '020780f2690000ba87'
not_before=$(openssl asn1parse -in ec-p256.pem | sed -n 's/.*UTCTIME *:\(..\).*/\1/p' | head -1)
month=$(openssl asn1parse -in ec-p256.pem | sed -n 's/.*UTCTIME *:..\(..\).*/\1/p' | head -1)
patch month-13 ec-p256 "170d$(printf %s "$not_before$month" | xxd -p)" "170d$(printf %s "${not_before}13" | xxd -p)"
