"""The programs' interface under /v1/: JSON, described by OpenAPI. Owns routes and forms; what happens is ``web.node``'s."""
