module git.acme.example/shop

go 1.24

require (
	github.com/pkg/errors v0.9.1
	golang.org/x/text v0.14.0
	git.acme.example/shop/core v0.0.0
)
