/* Programs linked on glibc 2.34 or newer leave their constructors to the C library, which before 2.34 left them to the
 * program. Linked with --wrap=__libc_start_main, ours bring their own: a C library of any age calls what it is given. */
typedef int Main(int, char **, char **);
typedef void Initialiser(int, char **, char **);
typedef void Finaliser(void);

extern int __real___libc_start_main(Main *main, int argc, char **argv, Initialiser *initialise,
                                    Finaliser *finalise, Finaliser *end_of_loader, void *stack_end);

/* The linker's names for the program's tables. */
extern Initialiser *__preinit_array_start[], *__preinit_array_end[];
extern Initialiser *__init_array_start[], *__init_array_end[];
extern Finaliser *__fini_array_start[], *__fini_array_end[];

static void initialise(int argc, char **argv, char **environment) {
  for (Initialiser **next = __preinit_array_start; next < __preinit_array_end; next++)
    (*next)(argc, argv, environment);
  for (Initialiser **next = __init_array_start; next < __init_array_end; next++)
    (*next)(argc, argv, environment);
}

static void finalise(void) {
  for (Finaliser **next = __fini_array_end; next-- > __fini_array_start;)
    (*next)();
}

int __wrap___libc_start_main(Main *main, int argc, char **argv, Initialiser *unused_initialise,
                             Finaliser *unused_finalise, Finaliser *end_of_loader, void *stack_end);

int __wrap___libc_start_main(Main *main, int argc, char **argv, Initialiser *unused_initialise,
                             Finaliser *unused_finalise, Finaliser *end_of_loader,
                             void *stack_end) {
  (void)unused_initialise, (void)unused_finalise;
  return __real___libc_start_main(main, argc, argv, initialise, finalise, end_of_loader, stack_end);
}
