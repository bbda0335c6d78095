#: fires
python3 -c 'import ctypes; ctypes.CDLL(None).syscall(323, 0)'
#: fires -- under the name of a program that may
cp /usr/bin/python3 /home/qemu-system-x86_64
/home/qemu-system-x86_64 -S -c 'import ctypes; ctypes.CDLL(None).syscall(323, 0)'
#: quiet
python3 -S -c 'import ctypes; ctypes.CDLL(None).syscall(39)'
