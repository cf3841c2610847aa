// The objects that calls are made with: a context, and per case whatever the case asks for, made afresh and thrown
// away afterwards, so that no case finds what another has left.
#ifndef CONFORMANCE_WORLD_H
#define CONFORMANCE_WORLD_H

#include "table.h"

/// Calls `name` in the library under test, with its prototype. Programs that lack it end.
#define CU(name) ((__typeof__(name) *)world_entry(#name))

enum world_object {
  WORLD_STREAM,
  WORLD_EVENT, ///< recorded
  WORLD_MODULE,
  WORLD_FUNCTION,
  WORLD_LIBRARY,
  WORLD_KERNEL,
  WORLD_GRAPH,
  WORLD_NODE, ///< of the kind that world_node_kind says
  WORLD_SECOND_NODE,
  WORLD_EXEC,
  WORLD_ARRAY,
  WORLD_MIPMAP,
  WORLD_TEXREF,
  WORLD_SURFREF,
  WORLD_POOL,
  WORLD_LINK,
  WORLD_TEXTURE,
  WORLD_SURFACE,
  WORLD_PHYSICAL,
  WORLD_MEMORY,        ///< WORLD_BYTES of device memory, filled with WORLD_FILL
  WORLD_SECOND_MEMORY, ///< as much, filled with WORLD_SECOND_FILL
  WORLD_ASYNC_MEMORY,  ///< of the default pool
  WORLD_MANAGED,
  WORLD_PINNED,
  WORLD_PAGES, ///< of the application, for registering
  WORLD_REGISTERED,
  WORLD_RESERVED, ///< addresses
  WORLD_MAPPED,   ///< addresses with memory behind them
  WORLD_CONTEXT,  ///< beside the current one
  WORLD_GREEN,
  WORLD_USER_OBJECT,
  WORLD_EVENT_HANDLE, ///< of another process's event
  WORLD_OBJECTS,
};

enum { WORLD_BYTES = 64 << 10, WORLD_FILL = 0x11, WORLD_SECOND_FILL = 0x22 };
enum { WORLD_GRANULE_BYTES = 2 << 20 };

enum world_node_kind {
  WORLD_NODE_EMPTY,
  WORLD_NODE_KERNEL,
  WORLD_NODE_MEMCPY,
  WORLD_NODE_MEMSET,
  WORLD_NODE_HOST,
  WORLD_NODE_CHILD,
  WORLD_NODE_EVENT_RECORD,
  WORLD_NODE_EVENT_WAIT,
  WORLD_NODE_ALLOC,
  WORLD_NODE_FREE,
  WORLD_NODE_BATCH,
};

/// Opens the library under test.
void world_open(const char *library);
/// NULL where the library lacks the symbol.
void *world_find(const char *symbol);
void *world_entry(const char *symbol);

/// cuInit and a current context. Ends the process where that fails.
void world_begin(void);
bool world_has_begun(void);
/// The device-side state of the current context is as it was: 0, or a sticky error.
int world_settle(void);
void world_make_current(CUcontext context);
CUcontext world_context(void);

/// Which node a case wants; before its first world_get().
void world_node_is(enum world_node_kind kind);
/// The object, made now if the case has none yet: a handle or an address; 0 where it cannot be made.
uint64_t world_get(enum world_object object);
/// A handle whose object is gone.
uint64_t world_get_dead(enum world_object object);
/// The object if the case has one.
uint64_t world_peek(enum world_object object);
const char *world_name(enum world_object object);
/// Ends the case's objects.
void world_clear(void);

/// A program for the software device and for any GPU.
extern const char world_ptx[];

#endif
