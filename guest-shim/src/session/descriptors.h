// The session's descriptors are numbers in the application's own table, and it may close any number: daemons close all.
// The same number then means another file, which is not ours to map, to read or to close.
#pragma once

/// Remembers what gf_session's descriptors are now.
void gf_descriptors_remember(void);

/// Whether all of them still are what they were.
int gf_descriptors_are_ours(void);

/// Whether the region's is.
int gf_region_descriptor_is_ours(void);

/// Closes those that still are.
void gf_descriptors_close(void);
