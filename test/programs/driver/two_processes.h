// What two processes of a test say to each other over a socket: bytes, and descriptors.
#ifndef TWO_PROCESSES_H
#define TWO_PROCESSES_H

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static inline void send_all(int to, const void *bytes, size_t count) {
  if (write(to, bytes, count) != (ssize_t)count)
    exit(3);
}
static inline void receive_all(int from, void *bytes, size_t count) {
  if (recv(from, bytes, count, MSG_WAITALL) != (ssize_t)count)
    exit(4);
}

static inline void pass(int to, int *fd, int receiving) {
  char byte = 0, control[CMSG_SPACE(sizeof *fd)] = {0};
  struct iovec part = {&byte, 1};
  struct msghdr message = {
      .msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
  struct cmsghdr *rights = CMSG_FIRSTHDR(&message);
  if (receiving) {
    if (recvmsg(to, &message, 0) != 1)
      exit(5);
    memcpy(fd, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof *fd);
    return;
  }
  rights->cmsg_level = SOL_SOCKET;
  rights->cmsg_type = SCM_RIGHTS;
  rights->cmsg_len = CMSG_LEN(sizeof *fd);
  memcpy(CMSG_DATA(rights), fd, sizeof *fd);
  if (sendmsg(to, &message, 0) != 1)
    exit(6);
}

#endif
