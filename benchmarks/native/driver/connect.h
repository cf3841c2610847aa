#pragma once

/// A fresh process's way to its first answered call, printed as one line of JSON. Main's status.
int bench_connect(void);
