// The helpers' bitcode as data of the compiler library.
    .section .rodata
    .global softcuda_helpers_begin
    .hidden softcuda_helpers_begin
    .global softcuda_helpers_end
    .hidden softcuda_helpers_end
    .balign 16
softcuda_helpers_begin:
    .incbin HELPERS_BITCODE
softcuda_helpers_end:
    .section .note.GNU-stack,"",@progbits
