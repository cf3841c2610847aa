// How a guest opens a session, on the host's Unix socket.
//
//   guest → server   gf_hello                                     one send
//   server → guest   gf_welcome, with SCM_RIGHTS on success:      one recvmsg
//                      [0] the region (memfd, sealed)
//                      [1] the courier socket to this session's executor (SOCK_SEQPACKET)
//
// After the welcome the guest keeps both sockets open and silent: the server ends the session when
// the guest's end of this socket closes, and the guest knows that its session is over when either
// of its sockets hangs up. A refusal is a welcome with status ≠ 0 and a text for people; the socket
// is then closed by the server.
//
// A guest may ask for a tenant and a weight. It gets the tenant only if a rule of that tenant
// matches its SO_PEERCRED, and the weight only up to what that tenant may ask for: what it says
// about itself is a wish, what the kernel says about it decides.
#pragma once

#include "base.h"

#define GF_HELLO_MAGIC 0x6f6c6c6568796667ull   /* "gfyhello" */
#define GF_WELCOME_MAGIC 0x6d6f636c65776667ull /* "gfwelcom" */

struct gf_hello {
  uint64_t magic;
  uint32_t abi_version;   ///< GF_ABI_VERSION
  uint32_t size_bytes;    ///< of this structure; a newer guest may send more
  uint64_t protocol_hash; ///< GF_PROTOCOL_HASH of the description it was generated from
  uint32_t pid;     ///< as the guest sees itself; for display only (the server uses SO_PEERCRED)
  uint32_t flags;   ///< GF_HELLO_*
  char program[96]; ///< name of the program, zero-terminated; for display
  char version[32]; ///< gpuferry's version, zero-terminated; for the message when it does not fit
  char tenant[32];  ///< tenant asked for (GPUFERRY_TENANT), zero-terminated; "": the server chooses
  uint32_t weight;  ///< share of GPU time asked for (GPUFERRY_WEIGHT); 0: the tenant's own
  uint32_t pad0;
};
GF_STATIC_ASSERT(sizeof(struct gf_hello) == 200, "hello is 200 bytes");
GF_STATIC_ASSERT(offsetof(struct gf_hello, tenant) == 160, "generated for TypeScript");

struct gf_welcome {
  uint64_t magic;
  uint32_t abi_version;   ///< the server's, also in a refusal
  uint32_t status;        ///< GF_WELCOME_*
  uint64_t protocol_hash; ///< the server's
  uint64_t session_id;
  uint64_t region_bytes; ///< size of the memfd
  char message[216];     ///< why not, zero-terminated, one line
};
GF_STATIC_ASSERT(sizeof(struct gf_welcome) == 256, "welcome is 256 bytes");

enum {
  // The session's first call is one of OpenGL: a wish for an executor that has loaded it already.
  GF_HELLO_OPENS_GL = 1u << 0,
};

// What the shim returns from cuInit for each is told in docs/design/errors.md.
enum {
  GF_WELCOME_OK = 0,
  GF_WELCOME_VERSION_MISMATCH = 1, ///< abi_version or protocol_hash differs
  GF_WELCOME_NOT_ALLOWED = 2,      ///< no tenant for these credentials
  GF_WELCOME_NO_CAPACITY = 3,      ///< the tenant's or the host's limit of sessions is reached
  GF_WELCOME_NO_DEVICE = 4,        ///< no executor could be started; the server's log says why
  GF_WELCOME_MALFORMED = 5,        ///< the hello was not one
};
