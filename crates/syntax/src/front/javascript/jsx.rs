//! Elements of JSX.

use super::literal::unquoted;
use super::{Fields, Kinds, Node, Script};
use crate::builder::Draft;
use crate::kind::Kind;

impl<'t> Script<'t> {
    /// Elements and what is within them; none for other kinds.
    pub(super) fn markup(&mut self, node: Node<'t>) -> Option<Draft> {
        Some(match node.kind {
            Kinds::jsx_element => self.element(node),
            Kinds::jsx_self_closing_element => self.tag(node, node, Vec::new()),
            Kinds::jsx_namespace_name => self.leaf(Kind::Name, node),
            Kinds::jsx_text | Kinds::html_character_reference => self.leaf(Kind::ElementText, node),
            Kinds::jsx_expression => {
                let inner = self.inner(node);
                inner.unwrap_or_else(|| self.build.nothing(node.span().end))
            }
            _ => return None,
        })
    }

    fn element(&mut self, node: Node<'t>) -> Draft {
        let kids = self.kids(node);
        let Some(open) = kids.field(Fields::open_tag) else {
            return self.other(node);
        };
        let mut children = Vec::new();
        for kid in kids.named() {
            match kid.kind {
                Kinds::jsx_opening_element | Kinds::jsx_closing_element => {}
                Kinds::jsx_text if self.is_layout(kid) => {}
                // `{}` and `{/* … */}` are no children.
                Kinds::jsx_expression => children.extend(self.inner(kid)),
                _ => children.push(self.lower(kid)),
            }
        }
        self.tag(open, node, children)
    }

    /// Text that only breaks lines, which JSX drops.
    fn is_layout(&self, node: Node<'t>) -> bool {
        let text = self.text_of(node);
        text.contains('\n') && text.trim().is_empty()
    }

    fn tag(&mut self, open: Node<'t>, whole: Node<'t>, children: Vec<Draft>) -> Draft {
        let kids = self.kids(open);
        let name = self.field(&kids, Fields::name);
        let mut attributes = Vec::new();
        for kid in kids.fields(Fields::attribute) {
            if kid.kind == Kinds::jsx_attribute {
                attributes.push(self.attribute(kid));
            } else {
                attributes.extend(self.inner(kid));
            }
        }
        let mut span = open.span();
        let ends = |draft: Option<&Draft>| draft.map(|&draft| self.build.span(draft));
        let last = ends(attributes.last());
        match (ends(attributes.first()), last, name) {
            (Some(first), Some(last), _) => (span.start, span.end) = (first.start, last.end),
            (_, _, Some(name)) => span.start = self.build.span(name).end,
            _ => span.start = span.end,
        }
        if attributes.is_empty() {
            span.end = span.start;
        }
        let attributes = self.build.node(Kind::Attributes, span, attributes);
        let name = name.unwrap_or_else(|| self.build.nothing(open.span().start));
        let mut all = vec![name, attributes];
        all.extend(children);
        self.build.node(Kind::Element, whole.span(), all)
    }

    fn attribute(&mut self, node: Node<'t>) -> Draft {
        let kids = self.kids(node);
        let mut named = kids.named();
        let name = named.next().map(|kid| self.leaf(Kind::Name, kid));
        let value = named.next().map(|kid| match kid.kind {
            // Backslashes mean nothing here.
            Kinds::string => {
                let text = unquoted(self.text_of(kid));
                self.build.leaf(Kind::Str, kid.span(), text)
            }
            _ => self.lower(kid),
        });
        self.lay(Kind::Attribute, node.span(), [name, value])
    }
}
