"""The process that holds pyinfra: one request per line on stdin, one reply per line on stdout, both JSON (`wire`)."""
