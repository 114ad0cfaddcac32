module device-certificates/bench/server

go 1.23
