// What programs do to themselves around their GPU calls, one way by name:
//
//   clearenv     forgets its environment before the first call
//   closefrom    closes every descriptor behind the first calls and opens files in their place; forks, too
//   mlockall     wants all of its memory in RAM, now and later
//   plain        nothing
//
// Prints the result of the last call, and PASS if it is the expected one (argument 2).
#define _GNU_SOURCE
#include "driver.h"

#include <fcntl.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { FILES = 8 };

static CUdeviceptr memory;

static CUresult work(void) {
  char bytes[64] = "x", back[64] = "";
  CUresult result = cuMemcpyHtoD(memory, bytes, sizeof bytes);
  if (result == CUDA_SUCCESS)
    result = cuMemcpyDtoH(back, memory, sizeof back);
  if (result == CUDA_SUCCESS)
    expect(memcmp(bytes, back, sizeof bytes) == 0, "the copy comes back");
  return result;
}

static void *work_elsewhere(void *context) {
  cuCtxSetCurrent(context);
  CUresult *result = malloc(sizeof *result);
  *result = work();
  return result;
}

/// The application's own files, where the session's descriptors were.
static CUresult close_all(CUcontext context) {
  FILE *files[FILES];
  int numbers[FILES];
  for (int fd = 3; fd < 1024; fd++)
    close(fd);
  for (int i = 0; i < FILES; i++) {
    files[i] = tmpfile();
    numbers[i] = files[i] != NULL ? fileno(files[i]) : -1;
  }
  CUresult *there = NULL;
  pthread_t thread;
  if (pthread_create(&thread, NULL, work_elsewhere, context) == 0)
    pthread_join(thread, (void **)&there);
  const CUresult here = work();
  expect(there != NULL && *there == here, "another thread is told the same");
  const pid_t child = fork();
  if (child == 0) {
    int open_count = 0;
    for (int i = 0; i < FILES; i++)
      open_count += fcntl(numbers[i], F_GETFD) >= 0;
    _exit(open_count);
  }
  int status = 0;
  waitpid(child, &status, 0);
  expect(WEXITSTATUS(status) == FILES, "a child has the files, too");
  int untouched = 0;
  for (int i = 0; i < FILES; i++) {
    struct stat info;
    untouched += fstat(numbers[i], &info) == 0 && info.st_size == 0;
  }
  expect(untouched == FILES, "nobody wrote to the files");
  return here;
}

int main(int argc, char **argv) {
  const char *way = argc > 1 ? argv[1] : "plain";
  const CUresult expected = argc > 2 ? atoi(argv[2]) : CUDA_SUCCESS;
  if (strcmp(way, "clearenv") == 0)
    clearenv();
  if (strcmp(way, "mlockall") == 0)
    expect(mlockall(MCL_CURRENT | MCL_FUTURE) == 0, "memory can be locked");
  CUcontext context = start_driver();
  CU_OK(cuMemAlloc(&memory, 1 << 16));
  CUresult result = work();
  if (strcmp(way, "closefrom") == 0) {
    expect(result == CUDA_SUCCESS, "copies before");
    result = close_all(context);
  }
  printf("the last call gave %d\n", result);
  expect(result == expected, "which is what was expected");
  return verdict();
}
