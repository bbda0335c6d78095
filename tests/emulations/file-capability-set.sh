#: fires
cp /usr/bin/true /home/x
python3 -c 'import os; os.setxattr("/home/x", "security.capability", bytes.fromhex("0100000280000000000000000000000000000000"))'
#: fires -- by a descriptor and a link
cp /usr/bin/true /home/x
ln -s /home/x /home/y
python3 -c 'import os; os.setxattr(os.open("/home/y", 0), "security.capability", bytes.fromhex("0100000280000000000000000000000000000000"))'
#: fires -- by io_uring
cp /usr/bin/true /home/x
ring capability /home/x
#: quiet
cp /usr/bin/true /home/x
python3 -c 'import os; os.setxattr("/home/x", "trusted.note", b"x"); os.removexattr("/home/x", "trusted.note")'
cp -a /usr/bin/true /home/z
