# The first /init of our initrd. The real one lies at the very end and replaces it; so where the initrd was cut short on
# its way, by TFTP say, this is what the kernel starts, instead of its panic about a root that it cannot mount.
# It tells that, waits, and restarts the machine (arch/x86/entry/syscalls/syscall_64.tbl, reboot(2)).

.set SYS_WRITE, 1
.set SYS_NANOSLEEP, 35
.set SYS_REBOOT, 169

.globl _start
_start:
  mov $SYS_WRITE, %eax
  mov $1, %edi
  lea words(%rip), %rsi
  mov $words_end - words, %edx
  syscall
  mov $SYS_NANOSLEEP, %eax
  lea minute(%rip), %rdi
  xor %esi, %esi
  syscall
  mov $SYS_REBOOT, %eax
  mov $0xfee1dead, %edi
  mov $0x28121969, %esi
  mov $0x01234567, %edx
  syscall

words:
  .ascii "\r\nWyrcan: wyrcan.initrd is not whole, so nothing can be started from it: it was cut short while it was loaded.\r\n"
  .ascii "Compare its size where it comes from with the one that was built, and load it anew. Starting again in a minute.\r\n"
words_end:

.balign 8
minute:
  .quad 60, 0
