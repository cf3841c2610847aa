// libgpuferry.so: what one preloads. It holds nothing but the need for the libraries beside it:
// once they are loaded under their SONAMEs (libcuda.so.1), glibc's dlopen of those names finds them,
// whatever the search path says. So no symbol has to be replaced or hooked.

/// Lets a tool find out that the preload is in place, and lets the file be more than empty.
__attribute__((visibility("default"))) const char gpuferry_preload[] = "gpuferry";
