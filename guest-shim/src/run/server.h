// Where the server is that gpuferry-run's command shall be a guest of, and whether it takes guests.
#pragma once

enum gf_server_answer {
  GF_SERVER_ANSWERS,
  GF_SERVER_ABSENT,    ///< nobody accepts connections
  GF_SERVER_FORBIDDEN, ///< its socket is there, but not for this user
  GF_SERVER_REFUSES,   ///< it accepted the connection, but not the session
  GF_SERVER_MISMATCH,  ///< it is of another version
  GF_SERVER_NO_DEVICE, ///< it could not start an executor
};

struct gf_server {
  char path[256];
  char why[1024]; ///< for people, when it does not answer
};

/// Looks at `host` ("unix:/PATH" or "/PATH"), or, where that is NULL, at GPUFERRY_HOST, or at every place where a
/// server may be by default; the first that accepts a connection is taken. A place that was named is the only one.
enum gf_server_answer gf_server_find(const char *host, struct gf_server *server);

/// Opens a session of this very process's credentials and ends it again.
enum gf_server_answer gf_server_open_session(struct gf_server *server);
