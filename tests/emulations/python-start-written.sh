#: fires
d=$(python3 -c 'import site; print(site.getusersitepackages())')
mkdir -p "$d"
echo pass > "$d/usercustomize.py"
#: fires -- by io_uring
ring write /usr/local/lib/sitecustomize.py
#: fires -- by a link, and moved
echo pass > /home/x.py
ln -s /home/x.py /usr/local/lib/usercustomize.py
mv /home/x.py /usr/local/lib/sitecustomize.py
#: quiet
python3 -c pass
echo pass > /home/custom.py
