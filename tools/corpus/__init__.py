"""Compare what the reader reads of public certificates with what OpenSSL reads: ``make corpus``."""
