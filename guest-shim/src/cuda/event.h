// What other files tell of events.
#pragma once

#include "cuda_api.h"

/// Other processes record and wait for it too: only the host knows how it stands.
void gf_event_is_shared(CUevent event);
