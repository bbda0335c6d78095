#: fires
sh -c 'echo dHJ1ZQo= | base64 -d | sh'
#: fires -- by another shell and another way
bash -c 'eval "$(echo dHJ1ZQo= | base64 --decode)"'
#: fires -- by another encoding
sh -c 'printf 747275650a | xxd -r -p | bash'
#: fires -- by a language
python3 -c 'import base64; exec(base64.b64decode("cGFzcw=="))'
perl -MMIME::Base64 -e 'eval decode_base64("MTsK")'
#: quiet
sh -c 'echo dHJ1ZQo= | base64 -d | sort'
sh -c 'echo true | base64 > /tmp/x; base64 -d /tmp/x > /tmp/y'
