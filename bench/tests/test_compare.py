"""What counts as the same component when bills of materials of several tools are compared."""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))

import sbom_compare
import sbom_read


class Keys(unittest.TestCase):
    def test_qualifiers_and_spelling_do_not_count(self):
        same = [
            ("pkg:pypi/Foo_bar@1.0", "pkg:pypi/foo-bar@1.0"),
            ("pkg:npm/%40a/b@1.0", "pkg:npm/@a/b@1.0"),
            ("pkg:golang/github.com/A/b@v1.2.3", "pkg:golang/github.com/a/b@1.2.3"),
            ("pkg:golang/github.com/a/b@v2.0.0#v2", "pkg:golang/github.com/a/b/v2@v2.0.0"),
            ("pkg:golang/stdlib@1.21.3", "pkg:golang/stdlib@go1.21.3"),
            ("pkg:rpm/centos/bash@1:5-1?arch=x86_64", "pkg:rpm/rhel/bash@5-1"),
            ("pkg:maven/g/a@1?type=pom", "pkg:maven/g/a@1"),
        ]
        for one, other in same:
            self.assertEqual(sbom_compare.key(one), sbom_compare.key(other))

    def test_names_versions_and_types_do(self):
        keys = [sbom_compare.key(one) for one in ("pkg:npm/a@1", "pkg:npm/a@2", "pkg:npm/b@1", "pkg:gem/a@1", "pkg:npm/a")]
        self.assertEqual(len(set(keys)), 5)

    def test_the_scope_of_a_package_without_a_version_is_no_version(self):
        self.assertEqual(sbom_compare.key("pkg:npm/%40a/b"), ("npm", "@a/b", ""))


class Generated(unittest.TestCase):
    def test_every_component_has_a_package_url_of_its_own(self):
        self.assertEqual(len({sbom_compare.key(sbom_read.component(number)["purl"]) for number in range(500)}), 500)


if __name__ == "__main__":
    unittest.main()
