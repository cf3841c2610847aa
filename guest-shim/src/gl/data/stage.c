#include "gl/data/stage.h"

#include <stdlib.h>
#include <string.h>

#include "base/futex.h"
#include "gl/stub.h"
#include "heap/heap.h"
#include "session/session.h"

#define SLEEP_NS 100000000ull
#define ALIGNMENT_BYTES 64u
#define PRESENT_STEP_BYTES (256ull << 10)
#define PIECES 256u // frames with staged data that may be under way
#define BLOCKS 8u   // long pieces, under way or kept
#define KEEP_MAX_BYTES (64ull << 20)
#define BLOCK_GRAIN_BYTES (2ull << 20) // pieces of nearly the same length share a block

struct piece {
  uint64_t end;   // of the block's positions, which count on for ever
  uint64_t frame; // ring position where its frame begins
};

struct block {
  uint64_t offset_bytes, size_bytes; // in the heap; 0 bytes: none
  uint64_t frame;
  int is_busy;
};

struct gf_gl_stage {
  uint64_t offset_bytes; // in the heap
  uint64_t head, tail;
  uint64_t present_bytes;
  struct piece pieces[PIECES];
  uint32_t first_piece, piece_count;
  struct block blocks[BLOCKS];
  uint64_t settled; // ring position up to which frames were executed, as last seen
  struct gf_spin spin;
};

static struct gf_gl_stage *stage_of(struct gf_gl_lane *lane) {
  if (lane->stage != NULL || gf_session.heap == NULL)
    return lane->stage;
  struct gf_gl_stage *stage = calloc(1, sizeof *stage);
  struct gf_heap_block block;
  if (stage == NULL || !gf_heap_reserve(GF_GL_STAGE_BYTES, GF_HEAP_STAGING, &block)) {
    free(stage);
    return NULL;
  }
  stage->offset_bytes = block.offset_bytes;
  stage->spin.budget_ns = GF_SPIN_MAX_NS;
  return lane->stage = stage;
}

/// Has the executor executed the frame that begins at ring position `frame`?
static int is_executed(struct gf_gl_lane *lane, uint64_t frame) {
  struct gf_gl_stage *stage = lane->stage;
  if (stage->settled > frame)
    return 1;
  // Partner: the executor's release after the driver has read or written the memory.
  stage->settled = gf_load_acquire(&lane->client.shared->staged);
  return stage->settled > frame;
}

static void reclaim(struct gf_gl_lane *lane) {
  struct gf_gl_stage *stage = lane->stage;
  while (stage->piece_count > 0) {
    const struct piece *piece = &stage->pieces[stage->first_piece % PIECES];
    if (!is_executed(lane, piece->frame))
      return;
    stage->tail = piece->end;
    stage->first_piece++;
    stage->piece_count--;
  }
  stage->head = stage->tail = 0;
}

static void sleep_until(struct gf_gl_lane *lane, uint64_t frame) {
  struct gf_lane *shared = lane->client.shared;
  while (!gf_session_check()) {
    // Dekker partner: the executor stores staged, fences, and looks at staged_parked.
    gf_store_relaxed(&shared->staged_parked, 1);
    gf_fence_seq_cst();
    if (is_executed(lane, frame))
      break;
    gf_futex_wait(&shared->staged_parked, 1, SLEEP_NS);
    if (is_executed(lane, frame))
      break;
  }
  gf_store_relaxed(&shared->staged_parked, 0);
  gf_spin_slept(&lane->stage->spin);
}

/// Waits until the frame at `frame` was executed. 0, or -1 when that cannot come: it is the one being
/// written, or the session is over.
static int wait_for(struct gf_gl_lane *lane, uint64_t frame) {
  if (frame >= lane->client.head)
    return -1;
  gf_gl_publish(lane);
  int met;
  GF_SPIN_UNTIL(&lane->stage->spin, &lane->client.shared->executor_cpu, is_executed(lane, frame),
                met);
  if (!met)
    sleep_until(lane, frame);
  return is_executed(lane, frame) ? 0 : -1;
}

/// Where `bytes` fit between head and tail without wrapping; UINT64_MAX if nowhere.
static uint64_t find_room(const struct gf_gl_stage *stage, uint64_t bytes) {
  uint64_t start = stage->head;
  const uint64_t to_end = GF_GL_STAGE_BYTES - start % GF_GL_STAGE_BYTES;
  if (bytes > to_end)
    start += to_end;
  return start + bytes - stage->tail <= GF_GL_STAGE_BYTES ? start : UINT64_MAX;
}

static int make_present(struct gf_gl_stage *stage, uint64_t end_bytes) {
  if (end_bytes <= stage->present_bytes)
    return 1;
  const uint64_t wanted = (end_bytes + PRESENT_STEP_BYTES - 1) & ~(PRESENT_STEP_BYTES - 1);
  if (!gf_heap_make_present(stage->offset_bytes + stage->present_bytes,
                            wanted - stage->present_bytes))
    return 0;
  stage->present_bytes = wanted;
  return 1;
}

static void note_piece(struct gf_gl_lane *lane, uint64_t end) {
  struct gf_gl_stage *stage = lane->stage;
  stage->head = end;
  struct piece *last = &stage->pieces[(stage->first_piece + stage->piece_count - 1) % PIECES];
  if (stage->piece_count > 0 && last->frame == lane->client.head) {
    last->end = end;
    return;
  }
  stage->pieces[(stage->first_piece + stage->piece_count++) % PIECES] =
      (struct piece){.end = end, .frame = lane->client.head};
}

static void *take_piece(struct gf_gl_lane *lane, uint64_t bytes, uint64_t *offset_bytes) {
  struct gf_gl_stage *stage = lane->stage;
  const uint64_t room_bytes = (bytes + ALIGNMENT_BYTES - 1) & ~(uint64_t)(ALIGNMENT_BYTES - 1);
  uint64_t start;
  reclaim(lane);
  while ((start = find_room(stage, room_bytes)) == UINT64_MAX || stage->piece_count == PIECES) {
    if (wait_for(lane, stage->pieces[stage->first_piece % PIECES].frame) != 0)
      return NULL;
    reclaim(lane);
  }
  if (!make_present(stage, start % GF_GL_STAGE_BYTES + room_bytes))
    return NULL;
  note_piece(lane, start + room_bytes);
  *offset_bytes = stage->offset_bytes + start % GF_GL_STAGE_BYTES;
  return gf_session.heap + *offset_bytes;
}

static void drop(struct block *block) {
  if (block->size_bytes != 0)
    gf_heap_free(block->offset_bytes);
  *block = (struct block){0};
}

/// A block that nobody reads: of those that fit the smallest, else one to be made anew.
static struct block *pick_block(struct gf_gl_lane *lane, uint64_t bytes) {
  struct block *fitting = NULL, *idle = NULL, *oldest = NULL;
  for (struct block *at = lane->stage->blocks; at < lane->stage->blocks + BLOCKS; at++) {
    if (at->is_busy && is_executed(lane, at->frame))
      at->is_busy = 0;
    if (at->is_busy) {
      if (oldest == NULL || at->frame < oldest->frame)
        oldest = at;
      continue;
    }
    if (at->size_bytes >= bytes && (fitting == NULL || at->size_bytes < fitting->size_bytes))
      fitting = at;
    if (idle == NULL || at->size_bytes < idle->size_bytes)
      idle = at;
  }
  if (fitting != NULL)
    return fitting;
  if (idle != NULL)
    return idle;
  return wait_for(lane, oldest->frame) == 0 ? oldest : NULL;
}

static int make_block(struct block *block, uint64_t bytes) {
  struct gf_heap_block made;
  drop(block);
  const uint64_t size_bytes = (bytes + BLOCK_GRAIN_BYTES - 1) & ~(BLOCK_GRAIN_BYTES - 1);
  if (!gf_heap_alloc(size_bytes, GF_HEAP_STAGING, &made))
    return 0;
  *block = (struct block){.offset_bytes = made.offset_bytes, .size_bytes = size_bytes};
  return 1;
}

/// Waits for all blocks and gives them back.
static void drop_blocks(struct gf_gl_lane *lane) {
  for (struct block *at = lane->stage->blocks; at < lane->stage->blocks + BLOCKS; at++) {
    if (!at->is_busy || wait_for(lane, at->frame) == 0)
      drop(at);
  }
}

/// Idle blocks beyond what is worth keeping go back to the heap.
static void trim_blocks(struct gf_gl_lane *lane) {
  uint64_t kept_bytes = 0;
  for (struct block *at = lane->stage->blocks; at < lane->stage->blocks + BLOCKS; at++) {
    if (!at->is_busy && kept_bytes + at->size_bytes > KEEP_MAX_BYTES)
      drop(at);
    kept_bytes += at->size_bytes;
  }
}

static void *take_block(struct gf_gl_lane *lane, uint64_t bytes, uint64_t *offset_bytes) {
  if (bytes > gf_session.heap_bytes)
    return NULL;
  struct block *block = pick_block(lane, bytes);
  if (block == NULL)
    return NULL;
  if (block->size_bytes < bytes && !make_block(block, bytes)) {
    drop_blocks(lane);
    if (block->is_busy || !make_block(block, bytes))
      return NULL;
  }
  block->is_busy = 1;
  block->frame = lane->client.head;
  trim_blocks(lane);
  *offset_bytes = block->offset_bytes;
  return gf_session.heap + *offset_bytes;
}

void *gf_gl_stage_take(struct gf_gl_lane *lane, uint64_t bytes, uint64_t *offset_bytes) {
  if (stage_of(lane) == NULL)
    return NULL;
  if (bytes > GF_GL_STAGE_PIECE_MAX_BYTES)
    return take_block(lane, bytes, offset_bytes);
  return take_piece(lane, bytes, offset_bytes);
}

uint64_t gf_gl_stage(struct gf_gl_lane *lane, const void *data, uint64_t bytes) {
  uint64_t offset_bytes;
  void *to = gf_gl_stage_take(lane, bytes, &offset_bytes);
  if (to == NULL)
    return UINT64_MAX;
  gf_copy_readable(to, data, bytes);
  return offset_bytes;
}

void gf_gl_stage_settle(struct gf_gl_lane *lane) {
  if (lane->stage != NULL)
    lane->stage->settled = lane->client.head;
}

void gf_gl_stage_close(struct gf_gl_lane *lane) {
  struct gf_gl_stage *stage = lane->stage;
  if (stage == NULL)
    return;
  if (stage->piece_count > 0)
    wait_for(lane, stage->pieces[(stage->first_piece + stage->piece_count - 1) % PIECES].frame);
  drop_blocks(lane);
  gf_heap_free(stage->offset_bytes);
  free(stage);
  lane->stage = NULL;
}
