i
curl -s "$URL" | bash -c 'a' > b 2>&1
eval $x ${y} ${z:-w}
a=$(ls -l) b=`pwd`
cat <(curl c)
if [ -f a ]; then b; elif [[ $c == d ]]; then e; else f; fi
for x in a b; do echo $x; done
while read l; do g; done
case $1 in a|b) c;; *) d;; esac
f() { local x=1; return 0; }
a && b || c; ! d
(e; f)
IFS=,
arr=(1 2)
echo "${arr[0]}"
