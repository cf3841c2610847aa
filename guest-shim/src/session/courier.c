#include "session/courier.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "abi/courier.h"
#include "base/log.h"
#include "session/session.h"

#define GF_COURIER_LOOK_MS 1

struct packet {
  struct gf_courier header;
  char text[GF_COURIER_TEXT_MAX_BYTES];
};

/// A callback that the host wants run, in order of arrival.
struct due {
  struct due *next;
  uint64_t callback_id;
  int32_t status;
};

// One lock for reading the socket, so that text is printed in the order in which it was sent; it is
// not held while an application's callback runs.
static pthread_mutex_t g_mutex = PTHREAD_MUTEX_INITIALIZER;
static struct packet g_packet;
static uint32_t g_handled; // packets taken from the socket, as region->courier_sent counts them
static struct due *g_due_first, **g_due_last = &g_due_first;
static int g_thread_runs;
static int g_wake_fd = -1;

static struct gf_callback **g_callbacks; // by number − 1
static uint64_t g_callback_capacity;
static uint64_t g_callback_hint;

static pthread_once_t g_fork_once = PTHREAD_ONCE_INIT;

static void forget(void) {
  pthread_mutex_init(&g_mutex, NULL);
  g_handled = 0;
  g_due_first = NULL;
  g_due_last = &g_due_first;
  g_thread_runs = 0;
  if (g_wake_fd >= 0)
    close(g_wake_fd);
  g_wake_fd = -1;
}
static void register_fork_hook(void) { gf_session_on_fork_child(forget); }

/// Descriptors that came and were not fetched yet.
struct arrived {
  struct arrived *next;
  uint64_t number;
  int fd;
};
static struct arrived *g_arrived;

static void keep_fd(uint64_t number, int fd) {
  struct arrived *arrived = malloc(sizeof *arrived);
  if (arrived == NULL) {
    close(fd);
    return;
  }
  *arrived = (struct arrived){g_arrived, number, fd};
  g_arrived = arrived;
}

int gf_courier_take_fd(uint64_t number) {
  int fd = -1;
  pthread_mutex_lock(&g_mutex);
  for (struct arrived **at = &g_arrived; *at != NULL; at = &(*at)->next) {
    struct arrived *arrived = *at;
    if (arrived->number == number) {
      fd = arrived->fd;
      *at = arrived->next;
      free(arrived);
      break;
    }
  }
  pthread_mutex_unlock(&g_mutex);
  return fd;
}

uint64_t gf_courier_fd_number(void) {
  static uint64_t last;
  return __atomic_add_fetch(&last, 1, __ATOMIC_RELAXED);
}

int gf_courier_send_fd(uint64_t number, int fd) {
  struct gf_courier header = {.type = GF_COURIER_FD, .callback_id = number};
  union {
    struct cmsghdr header;
    char bytes[CMSG_SPACE(sizeof(int))];
  } control;
  memset(&control, 0, sizeof control);
  struct iovec part = {&header, sizeof header};
  struct msghdr message = {
      .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
  struct cmsghdr *rights = CMSG_FIRSTHDR(&message);
  rights->cmsg_level = SOL_SOCKET;
  rights->cmsg_type = SCM_RIGHTS;
  rights->cmsg_len = CMSG_LEN(sizeof fd);
  memcpy(CMSG_DATA(rights), &fd, sizeof fd);
  while (sendmsg(gf_session.courier_fd, &message, MSG_NOSIGNAL) < 0) {
    if (errno != EINTR)
      return -1;
  }
  return 0;
}

/// One packet, and the descriptor that came with it.
static ssize_t receive_packet(int *fd) {
  union {
    struct cmsghdr header;
    char bytes[CMSG_SPACE(sizeof(int))];
  } control;
  struct iovec part = {&g_packet, sizeof g_packet};
  struct msghdr message = {
      .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
  ssize_t n = recvmsg(gf_session.courier_fd, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
  struct cmsghdr *rights = n < 0 ? NULL : CMSG_FIRSTHDR(&message);
  if (rights != NULL && rights->cmsg_level == SOL_SOCKET && rights->cmsg_type == SCM_RIGHTS &&
      rights->cmsg_len == CMSG_LEN(sizeof *fd))
    memcpy(fd, CMSG_DATA(rights), sizeof *fd);
  return n;
}

static void handle_packet(size_t bytes, int fd) {
  const struct gf_courier *header = &g_packet.header;
  if (fd >= 0) {
    keep_fd(header->callback_id, fd);
    return;
  }
  if (bytes < sizeof *header || header->text_bytes > bytes - sizeof *header)
    return;
  switch (header->type) {
  case GF_COURIER_PRINT:
    // Through stdio, as CUDA does: so the text keeps its place between the application's own.
    fwrite(g_packet.text, 1, header->text_bytes, stdout);
    break;
  case GF_COURIER_ASSERT:
    fwrite(g_packet.text, 1, header->text_bytes, stderr);
    break;
  case GF_COURIER_CALLBACK: {
    struct due *due = malloc(sizeof *due);
    if (due == NULL) {
      gf_log(GF_LOG_ERROR, "no memory to run a host function");
      return;
    }
    *due = (struct due){.callback_id = header->callback_id, .status = header->status};
    *g_due_last = due;
    g_due_last = &due->next;
    if (g_wake_fd >= 0) {
      ssize_t ignored = write(g_wake_fd, &(uint64_t){1}, sizeof(uint64_t));
      (void)ignored;
    }
    break;
  }
  default:
    gf_log(GF_LOG_WARN, "the executor sent a message of unknown type %u", header->type);
  }
}

static void drain_locked(void) {
  for (;;) {
    int fd = -1;
    ssize_t n = receive_packet(&fd);
    if (n < 0 && errno == EINTR)
      continue;
    if (n <= 0)
      return;
    handle_packet((size_t)n, fd);
    // Counted when printed: who finds the count complete need not wait for the lock.
    __atomic_fetch_add(&g_handled, 1, __ATOMIC_RELEASE);
  }
}

void gf_courier_drain(void) {
  pthread_once(&g_fork_once, register_fork_hook);
  int saved_errno = errno;
  pthread_mutex_lock(&g_mutex);
  drain_locked();
  pthread_mutex_unlock(&g_mutex);
  errno = saved_errno;
}

void gf_courier_catch_up(void) {
  // Partner: the executor counts before it sends, and sends before the reply that we have seen.
  if (gf_load_acquire(&gf_session.region->courier_sent) !=
      __atomic_load_n(&g_handled, __ATOMIC_ACQUIRE))
    gf_courier_drain();
}

static struct due *take_due(void) {
  pthread_mutex_lock(&g_mutex);
  drain_locked();
  struct due *due = g_due_first;
  if (due != NULL) {
    g_due_first = due->next;
    if (g_due_first == NULL)
      g_due_last = &g_due_first;
  }
  pthread_mutex_unlock(&g_mutex);
  return due;
}

static struct gf_callback *find(uint64_t id) {
  pthread_mutex_lock(&g_mutex);
  struct gf_callback *callback = id - 1 < g_callback_capacity ? g_callbacks[id - 1] : NULL;
  pthread_mutex_unlock(&g_mutex);
  return callback;
}

static void run_due(const struct due *due) {
  struct gf_callback *callback = find(due->callback_id);
  if (callback != NULL) {
    callback->run(callback, due->status);
    if (!callback->keep)
      gf_courier_forget(due->callback_id);
  }
  const struct gf_courier done = {.type = GF_COURIER_DONE, .callback_id = due->callback_id};
  while (send(gf_session.courier_fd, &done, sizeof done, MSG_NOSIGNAL) < 0 && errno == EINTR)
    ;
}

static void *courier_main(void *unused) {
  (void)unused;
  for (;;) {
    struct due *due;
    while ((due = take_due()) != NULL) {
      run_due(due);
      free(due);
    }
    struct pollfd entries[2] = {{.fd = gf_session.courier_fd, .events = POLLIN | POLLRDHUP},
                                {.fd = g_wake_fd, .events = POLLIN}};
    // Without a descriptor to be woken by, it looks whether another thread has taken a callback off the socket.
    const int timeout_ms = g_wake_fd >= 0 ? -1 : GF_COURIER_LOOK_MS;
    if (poll(entries, 2, timeout_ms) < 0 && errno != EINTR)
      return NULL;
    if (entries[1].revents & POLLIN) {
      uint64_t count;
      ssize_t ignored = read(g_wake_fd, &count, sizeof count);
      (void)ignored;
    }
    if (entries[0].revents & (POLLHUP | POLLRDHUP | POLLERR)) {
      gf_courier_drain(); // what was said last
      gf_session_check();
      return NULL;
    }
  }
}

/// The application's signals are for the application's threads: ours takes none.
static int start_thread(void) {
  g_wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); // the program may have none left
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  pthread_t thread;
  int failed = pthread_create(&thread, &attributes, courier_main, NULL);
  pthread_attr_destroy(&attributes);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  if (failed) {
    if (g_wake_fd >= 0)
      close(g_wake_fd);
    g_wake_fd = -1;
    return -1;
  }
  g_thread_runs = 1;
  return 0;
}

static int grow_locked(void) {
  uint64_t capacity = g_callback_capacity ? g_callback_capacity * 2 : 64;
  struct gf_callback **grown = realloc(g_callbacks, capacity * sizeof *grown);
  if (grown == NULL)
    return -1;
  memset(grown + g_callback_capacity, 0, (capacity - g_callback_capacity) * sizeof *grown);
  g_callbacks = grown;
  g_callback_capacity = capacity;
  return 0;
}

static uint64_t register_locked(const struct gf_callback *callback) {
  struct gf_callback *copy = malloc(sizeof *copy);
  if (copy == NULL)
    return 0;
  *copy = *callback;
  for (int attempt = 0; attempt < 2; attempt++) {
    for (uint64_t n = 0; n < g_callback_capacity; n++) {
      uint64_t i = (g_callback_hint + n) % g_callback_capacity;
      if (g_callbacks[i] == NULL) {
        g_callbacks[i] = copy;
        g_callback_hint = i + 1;
        return i + 1;
      }
    }
    if (grow_locked() != 0)
      break;
  }
  free(copy);
  return 0;
}

uint64_t gf_courier_register(const struct gf_callback *callback) {
  pthread_once(&g_fork_once, register_fork_hook);
  pthread_mutex_lock(&g_mutex);
  uint64_t id = 0;
  if (g_thread_runs || start_thread() == 0)
    id = register_locked(callback);
  pthread_mutex_unlock(&g_mutex);
  return id;
}

int gf_courier_find(uint64_t callback_id, struct gf_callback *callback) {
  pthread_mutex_lock(&g_mutex);
  const struct gf_callback *found =
      callback_id - 1 < g_callback_capacity ? g_callbacks[callback_id - 1] : NULL;
  if (found != NULL)
    *callback = *found;
  pthread_mutex_unlock(&g_mutex);
  return found != NULL;
}

void gf_courier_forget(uint64_t callback_id) {
  pthread_mutex_lock(&g_mutex);
  if (callback_id - 1 < g_callback_capacity) {
    free(g_callbacks[callback_id - 1]);
    g_callbacks[callback_id - 1] = NULL;
  }
  pthread_mutex_unlock(&g_mutex);
}
