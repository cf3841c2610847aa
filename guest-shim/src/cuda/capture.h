// Captures that this process has under way, and what follows from them.
#pragma once

#include "cuda/stub.h"

/// Is this stream being captured? Asks the host where other streams are, since waiting for an event
/// draws a stream into a capture.
int gf_stream_is_capturing(CUstream stream);

/// Some graph of this process allocates memory: launching such a graph can be refused, so that from
/// now on launches wait for the answer.
void gf_graphs_allocate(void);
int gf_graphs_may_refuse(void);

/// In a forked child, which captures nothing.
void gf_capture_forget(void);
