// The calls that one function is put through.
#ifndef CONFORMANCE_CASES_H
#define CONFORMANCE_CASES_H

#include "values.h"

enum cases_state {
  CASES_BEFORE_INIT, ///< one call of each function, before cuInit
  CASES_READY,       ///< good arguments, bad ones one at a time, and none current
  CASES_POISONED,    ///< one call of each function after a kernel broke the context
};

enum { CASES_NAME_BYTES = 96 };

/// The text that names nothing.
#define CASES_UNKNOWN_TEXT "there is no such thing"

/// The name of case `number` (from 0); false where there is none.
bool cases_name(const struct table_function *function, enum cases_state state, unsigned number,
                char name[CASES_NAME_BYTES]);

/// Makes the call and prints its line, without the end of it. False where the context is of no more use.
bool cases_run(const struct table_function *function, enum cases_state state, unsigned number);

/// Breaks the current context, with every object made before.
void cases_poison(void);

#endif
