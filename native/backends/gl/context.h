// A guest's context on the host: the driver's context, the names that live in it, and those that it
// shares with others.
#pragma once

#include "abi/gl.h"
#include "backends/gl/attachments.h"
#include "backends/gl/names.h"
#include "gl/client_state.h"

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>

namespace gpuferry::gl {

/// Contexts that share objects. Used by several lanes at once.
struct ShareGroup {
  std::array<NameTable, GF_GL_KIND_COUNT> names; ///< those with is_shared()
  SyncTable syncs;
  /// A command could tell whether colours have alpha: BufferSet::has_spare_alpha.
  std::atomic<bool> sees_alpha{false};
  Attachments attachments;
};

class DefaultFramebuffer;
struct ListState;

/// What a context's version and extensions let the default framebuffer use.
struct Abilities {
  bool is_mesa = false;         ///< what framebuffer 0 says of itself is the driver's own way
  bool pixel_buffers = false;   ///< pixel buffer objects
  bool separate_read = false;   ///< GL_READ_FRAMEBUFFER, blits
  bool flip_y = false;          ///< GL_MESA_framebuffer_flip_y: rows in memory from the top
  bool pack_invert = false;     ///< GL_MESA_pack_invert
  bool pack_reverse = false;    ///< GL_ANGLE_pack_reverse_row_order
  bool bgra_textures = false;   ///< ES: GL_EXT_texture_format_BGRA8888
  bool pixel_transfer = false;  ///< compatibility: scale, bias and maps apply to glReadPixels
  bool pack_row_length = false; ///< GL_PACK_ROW_LENGTH and the skips
};

struct Context {
  Context();
  ~Context();

  uint32_t id = 0;        ///< the guest's number
  uint32_t api = 0;       ///< GF_GL_API_*
  uint32_t version = 0;   ///< 10 × major + minor; known once it was current
  Abilities has;          ///< likewise
  bool is_core = false;   ///< a core profile: names must come from glGen*
  void *native = nullptr; ///< EGLContext
  bool was_current =
      false; ///< what OpenGL does once, when a context becomes current first, was done
  bool flushes_on_release = true; ///< GL_CONTEXT_RELEASE_BEHAVIOR
  bool destroyed = false;         ///< by the guest, while it was current
  unsigned current_on = 0;        ///< lanes that it is current on: 0 or 1

  std::atomic<int32_t> reply_flags{0}; ///< GF_GL_STATUS_*, for every reply while they hold

  std::shared_ptr<ShareGroup> group;
  std::array<NameTable, GF_GL_KIND_COUNT> names; ///< those without is_shared()
  Attachments attachments;
  gf_client_state client{}; ///< arrays, pixel store and buffer bindings, in the guest's names
  std::unique_ptr<DefaultFramebuffer> framebuffer;
  std::unique_ptr<ListState> lists; ///< never null

  NameTable &table(gf_gl_kind kind) { return (is_shared(kind) ? group->names : names)[kind]; }
  bool is_es() const { return api != GF_GL_API_GL; }
};

} // namespace gpuferry::gl
