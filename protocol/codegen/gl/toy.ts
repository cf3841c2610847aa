/** A small registry and overlay for the generator's tests: a command of every way to pass something. */
import type { Overlay } from "../../api/gl/model.ts";

export const toyXml = `<?xml version="1.0"?>
<registry>
  <types>
    <type>typedef unsigned int <name>GLenum</name>;</type>
    <type>typedef void (<apientry/> *<name>GLDEBUGPROC</name>)(GLenum a);</type>
  </types>
  <enums><enum value="0x10" name="TOY_WEIGHT"/><enum value="0x11" name="TOY_BOX"/></enums>
  <commands>
    <command><proto>void <name>toyPush</name></proto>
      <param><ptype>GLint</ptype> <name>x</name></param><param><ptype>GLdouble</ptype> <name>force</name></param></command>
    <command><proto>void <name>toyPushARB</name></proto>
      <param><ptype>GLint</ptype> <name>x</name></param><param><ptype>GLdouble</ptype> <name>force</name></param>
      <alias name="toyPush"/></command>
    <command><proto>void <name>toyOpen</name></proto>
      <param class="box"><ptype>GLuint</ptype> <name>box</name></param></command>
    <command><proto>void <name>toyGenBoxes</name></proto>
      <param><ptype>GLsizei</ptype> <name>n</name></param>
      <param class="box" len="n"><ptype>GLuint</ptype> *<name>boxes</name></param></command>
    <command><proto>void <name>toyDeleteBoxes</name></proto>
      <param><ptype>GLsizei</ptype> <name>n</name></param>
      <param class="box" len="n">const <ptype>GLuint</ptype> *<name>boxes</name></param></command>
    <command><proto><ptype>GLboolean</ptype> <name>toyIsBox</name></proto>
      <param class="box"><ptype>GLuint</ptype> <name>box</name></param></command>
    <command><proto><ptype>GLuint</ptype> <name>toyMakeBox</name></proto>
      <param><ptype>GLenum</ptype> <name>shape</name></param></command>
    <command><proto>void <name>toyPlace3fv</name></proto>
      <param len="3">const <ptype>GLfloat</ptype> *<name>v</name></param></command>
    <command><proto>void <name>toyFill</name></proto>
      <param><ptype>GLsizei</ptype> <name>count</name></param>
      <param len="count*4">const <ptype>GLfloat</ptype> *<name>value</name></param></command>
    <command><proto>void <name>toyBoxParameteriv</name></proto>
      <param><ptype>GLenum</ptype> <name>pname</name></param>
      <param len="COMPSIZE(pname)">const <ptype>GLint</ptype> *<name>params</name></param></command>
    <command><proto>void <name>toyGetBoxParameteriv</name></proto>
      <param><ptype>GLenum</ptype> <name>pname</name></param>
      <param len="COMPSIZE(pname)"><ptype>GLint</ptype> *<name>params</name></param></command>
    <command><proto>void <name>toyLabel</name></proto>
      <param><ptype>GLsizei</ptype> <name>length</name></param>
      <param len="COMPSIZE(text,length)">const <ptype>GLchar</ptype> *<name>text</name></param></command>
    <command><proto>void <name>toyGetLabel</name></proto>
      <param><ptype>GLsizei</ptype> <name>bufSize</name></param>
      <param len="1"><ptype>GLsizei</ptype> *<name>length</name></param>
      <param len="bufSize"><ptype>GLchar</ptype> *<name>label</name></param></command>
    <command><proto>void <name>toyTell</name></proto>
      <param><ptype>GLsizei</ptype> <name>count</name></param>
      <param len="count">const <ptype>GLchar</ptype> *const*<name>words</name></param>
      <param len="count">const <ptype>GLint</ptype> *<name>lengths</name></param></command>
    <command><proto>void <name>toyDraw</name></proto>
      <param>const void *<name>pixels</name></param></command>
    <command><proto>void <name>toyWait</name></proto></command>
    <command><proto>void <name>toyMove</name></proto>
      <param><ptype>GLenum</ptype> <name>what</name></param>
      <param><ptype>GLuint</ptype> <name>which</name></param></command>
    <command><proto>void <name>toyFly</name></proto></command>
  </commands>
  <feature api="toy" name="TOY_1_0">
    <require>
      ${[
        "Push",
        "Open",
        "GenBoxes",
        "DeleteBoxes",
        "IsBox",
        "MakeBox",
        "Place3fv",
        "Fill",
        "BoxParameteriv",
        "GetBoxParameteriv",
        "Label",
        "GetLabel",
        "Tell",
        "Draw",
        "Move",
        "Wait",
      ]
        .map((name) => `<command name="toy${name}"/>`)
        .join("")}
    </require>
  </feature>
  <extensions>
    <extension name="GL_TOY_push" supported="toy"><require><command name="toyPushARB"/></require></extension>
    <extension name="GL_TOY_fly" supported="toy"><require><command name="toyFly"/></require></extension>
    <extension name="GL_TOY_swim" supported="toy"><require><command name="toySwim"/></require></extension>
    <extension name="GL_TOY_pinned" supported="toy"></extension>
  </extensions>
</registry>`;

export const toyOverlay: Overlay = {
  scope: {
    apis: ["toy"],
    extensions: ["GL_TOY_push", "GL_TOY_fly", "GL_TOY_words"],
    withheld: { GL_TOY_pinned: "It would pin." },
  },
  classes: { box: "buffer" },
  rules: [
    { match: /^toyGen/, row: { names: "gen", point: true } },
    { match: /^toyDelete/, row: { names: "delete", point: true } },
    { match: "toyMakeBox", row: { creates: "buffer", point: true } },
    {
      match: "toyTell",
      row: {
        args: {
          words: { kind: "texts", count: "count", lengths: "lengths" },
          lengths: { kind: "lengths" },
        },
      },
    },
    { match: "toyPush", row: { observe: true, observeHost: true } },
    { match: "toyOpen", row: { guest: "custom" } },
    { match: "toyWait", row: { waits: true, host: "custom" } },
    {
      match: "toyMove",
      row: { args: { which: { kind: "nameBy", by: "what", otherwise: "texture" } } },
    },
    { match: "toyFly", row: { guest: "refused", why: "Boxes do not fly." } },
  ],
  control: [
    { symbol: "toyHello", doc: "Says hello.", wire: { args: { to: "u64", marks: "u32[2]" } } },
    { symbol: "toyBye", doc: "Its structure is written by hand.", anywhere: true },
  ],
  pnameCounts: { TOY_WEIGHT: 4 },
  pnameKinds: { TOY_BOX: "buffer" },
  objectKinds: { TOY_BOX: "buffer" },
  keepsState: [/^toyDraw$/],
  readsBuffers: [/^toyDraw$/],
};
