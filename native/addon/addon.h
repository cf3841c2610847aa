// What the addon's files give to addon.cpp, which registers them. The TypeScript side of this list,
// with units and meaning, is host-server/src/executor/native.ts.
#pragma once

#include <napi.h>

namespace gpuferry {

void register_descriptors(Napi::Env env, Napi::Object exports);
void register_grant_page(Napi::Env env, Napi::Object exports);
void register_sockets(Napi::Env env, Napi::Object exports);
void register_spawn(Napi::Env env, Napi::Object exports);
void register_watcher(Napi::Env env, Napi::Object exports);

} // namespace gpuferry
