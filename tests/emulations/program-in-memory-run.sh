#: fires
python3 /usr/local/bin/memory.py x
#: fires -- under the name that runc has for its own
python3 /usr/local/bin/memory.py runc_cloned:/proc/self/exe
#: fires -- by its descriptor
python3 /usr/local/bin/memory.py x descriptor
#: quiet
python3 -c 'import os; os.write(os.memfd_create("buffer"), b"x")'
