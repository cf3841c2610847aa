#include "table.h"

#include "cuda_functions.inc"
