// Where in this process a driver's mappings lie.
#pragma once

namespace gpuferry::executor {

/// A device's addresses are handed to the guest as they are, and NVIDIA's driver takes them from where
/// the kernel puts mappings: just below the stack, where the guest's own libraries and heap are as well.
/// An address that is both would be mistaken for the other. So the executor runs itself again with its
/// mappings placed from below, where no ordinary guest has anything. Before the first thread, and
/// before anything of worth is open. Does nothing the second time, and where the kernel refuses.
void move_mappings_away(char **argv);

} // namespace gpuferry::executor
