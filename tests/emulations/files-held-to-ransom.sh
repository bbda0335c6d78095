#: fires
mkdir /home/data
for n in 1 2 3; do echo x > /home/data/$n.doc; mv /home/data/$n.doc /home/data/$n.doc.locked; done
#: fires -- by io_uring
mkdir /home/data
echo x > /home/data/a
ring renameat /home/data/a /home/data/a.ENCRYPTED
#: fires -- by its note
mkdir /home/data
echo pay > /home/data/README_DECRYPT.txt
#: fires -- by another language
mkdir /home/data
echo x > /home/data/a
perl -e 'rename("/home/data/a", "/home/data/a.lockbit")'
#: quiet
echo x > /home/a
mv /home/a /home/a.bak
gzip /home/a.bak
mv /home/a.bak.gz /home/b.gz
