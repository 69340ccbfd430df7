"""How bytes leave the house: guarded connections, HTTP, syslog over TCP and TLS, objects in a bucket."""
