"""Programs under other names."""

import re
import unittest

from harness.renaming import python
from harness.renaming_java import java

PYTHON = {
    "web/views.py": '''
from flask import request
from store.people import find
import store.people

def show(user, name="x"):
    # a comment
    name = request.args.get("name")
    query_string = request.query_string
    store.people.find(user=name)
    return f"Case1 {find(query_string)}"
''',
    "store/people.py": "LIMIT = 3\n\ndef find(user):\n    return user.find(LIMIT)\n",
}
JAVA = {
    "org/acme/web/Show.java": '''package org.acme.web;
import javax.servlet.http.*;
import org.acme.store.People;
@WebServlet(value = "/Case1")
public class Show extends HttpServlet {
    @Override public void doGet(HttpServletRequest request, HttpServletResponse response) {
        String name = request.getParameter("name"); // a comment
        new People().lookup(name); org.acme.store.People.size = name.length();
    }
}
''',
    "org/acme/store/People.java": "package org.acme.store;\npublic class People { static int size; String lookup(String name) { return this.trim(name); } String trim(String s) { return s.trim(); } }\n",
}


class Python(unittest.TestCase):
    def setUp(self):
        self.renamed = python(PYTHON, 1, re.compile("Case1"))
        self.text = self.renamed.texts[self.renamed.moved["web/views.py"]]
        self.names = self.renamed.names

    def test_what_the_program_declares_has_another_name_everywhere(self):
        for name in ("show", "user", "name", "views", "Case1"):
            self.assertNotRegex(self.text.replace('get(\'name\')', ""), rf"\b{name}\b")
        home = self.renamed.moved["store/people.py"].removesuffix(".py").replace("/", ".")
        self.assertIn(f"from {home} import {self.names['find']}", self.text)
        self.assertIn(f"{home}.{self.names['find']}({self.names['user']}={self.names['name']})", self.text)

    def test_what_a_library_declares_keeps_its_name(self):
        self.assertIn(f"{self.names['query_string']} = request.query_string", self.text)
        self.assertIn("request.args.get('name')", self.text)
        self.assertIn(".find(", self.renamed.texts[self.renamed.moved["store/people.py"]])

    def test_comments_go_and_the_program_can_be_read(self):
        self.assertNotIn("comment", self.text)
        compile(self.text, "views", "exec")


class Java(unittest.TestCase):
    def setUp(self):
        self.renamed = java(JAVA, 1, re.compile("Case1"))
        self.text = self.renamed.texts[self.renamed.moved["org/acme/web/Show.java"]]
        self.names = self.renamed.names

    def test_what_the_program_declares_has_another_name_everywhere(self):
        self.assertNotRegex(self.text, r"acme|Show|People|lookup|Case1|size")
        self.assertIn(f"new {self.names['People']}().{self.names['lookup']}({self.names['name']})", self.text)
        self.assertTrue(self.renamed.moved["org/acme/web/Show.java"].endswith(f"/{self.names['Show']}.java"))

    def test_what_a_library_declares_keeps_its_name(self):
        for kept in ("doGet(HttpServletRequest ", 'request.getParameter("name")'.replace("request", self.names["request"]), "@WebServlet(value ="):
            self.assertIn(kept, self.text)

    def test_a_name_that_a_library_has_too_is_told(self):
        self.assertIn("trim", self.renamed.kept)

    def test_comments_go(self):
        self.assertNotIn("comment", self.text)


if __name__ == "__main__":
    unittest.main()
