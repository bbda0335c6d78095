package cautils

import rego.v1

list_contains(list, element) if element in list

getPodName(metadata) := metadata.name

object_intersection(parent, sub) := {key: value |
	some key, value in sub
	parent[key] == value
}

is_subobject(sub, parent) if object_intersection(sub, parent) == sub

# Nine bits for reading, writing and executing, three above them for setuid, setgid and sticky.
bit(mode, place) := bits.and(bits.rsh(mode, place), 1) == 1

unix_permission_from_octal(digit) := {"exec": bit(digit, 0), "write": bit(digit, 1), "read": bit(digit, 2)}

unix_permission(mode) := {
	"everyone": unix_permission_from_octal(mode),
	"group": unix_permission_from_octal(bits.rsh(mode, 3)),
	"user": unix_permission_from_octal(bits.rsh(mode, 6)),
	"sticky": bit(mode, 9),
	"setgid": bit(mode, 10),
	"setuid": bit(mode, 11),
}

# Nothing is set in the actual mode that is not set in the allowed one.
unix_permissions_allow(allowed, actual) if {
	every place in numbers.range(0, 11) {
		_allows(bit(allowed, place), bit(actual, place))
	}
}

_allows(allowed, _) if allowed

_allows(_, actual) if not actual

# 644: written by its owner, read by all.
is_strict_conf_permission(mode) if {
	every place in [0, 1, 3, 4, 6, 9, 10, 11] {
		bit(mode, place) == false
	}
}

is_not_strict_conf_permission(mode) if not is_strict_conf_permission(mode)

is_strict_conf_ownership(ownership) if ownership.err

is_strict_conf_ownership(ownership) if {
	ownership.uid == 0
	ownership.gid == 0
}

is_not_strict_conf_ownership(ownership) if not is_strict_conf_ownership(ownership)
