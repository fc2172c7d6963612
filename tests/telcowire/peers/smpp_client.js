// Runs under Node: npm's smpp binds, submits short and long texts, takes receipts, asks, and unbinds.
//
// Arguments: port, password, the kind of bind. Prints one JSON line for each thing it understood.
"use strict";

const smpp = require("smpp");

const [port, password, kind] = process.argv.slice(2);
const session = smpp.connect({ host: "127.0.0.1", port: Number(port) });
const tell = (what) => console.log(JSON.stringify(what));
const ask = (command, fields) => new Promise((resolve) => session[command](fields, resolve));

let receipts = 0;
let texts = 0;
let onTaken = () => {};

session.on("deliver_sm", (pdu) => {
  const text = pdu.short_message.message;
  if (pdu.esm_class & 4) receipts += 1;
  else texts += 1;
  tell({ text, esm_class: pdu.esm_class, message_id: pdu.receipted_message_id, state: pdu.message_state });
  session.send(pdu.response());
  onTaken();
});
session.on("error", (error) => {
  console.error(error);
  process.exit(1);
});

const address = { source_addr: "10690001", dest_addr_ton: 1, dest_addr_npi: 1, destination_addr: "8613800000000" };

async function submit(fields) {
  const answer = await ask("submit_sm", { ...address, registered_delivery: 17, ...fields });
  tell(answer.command_status ? { submit: answer.command_status } : { submit: 0, message_id: answer.message_id });
}

async function converse() {
  const bound = await ask(kind, { system_id: "esme", password, interface_version: 0x34 });
  if (bound.command_status) {
    tell({ bind: bound.command_status });
    return;
  }
  tell({ bind: 0, system_id: bound.system_id, version: bound.sc_interface_version });
  if (kind === "bind_receiver") {
    await submit({ short_message: "never" });
    const nack = await ask("replace_sm", { message_id: "1", source_addr: "10690001", short_message: "never" });
    tell({ replace: nack.command_status, command: nack.command });
  } else {
    await submit({ short_message: "【鸿雁】你好" });
    const long = Buffer.from("【鸿雁】" + "长".repeat(100), "utf16le").swap16();
    for (const [index, part] of [long.subarray(0, 134), long.subarray(134)].entries()) {
      const udh = Buffer.from([5, 0, 3, 77, 2, index + 1]);
      await submit({ esm_class: 0x43, data_coding: 8, short_message: { udh, message: part } });
    }
    const payload = "The quick brown fox jumps over the lazy dog. ".repeat(6);
    await submit({ message_payload: payload, data_coding: 0 });
    await new Promise((resolve) => {
      onTaken = () => receipts === 4 && texts === 1 && resolve();
      onTaken();
    });
    const state = await ask("query_sm", { message_id: "1", source_addr: "10690001" });
    tell({ query: state.message_id, state: state.message_state });
  }
  tell({ enquire_link: (await ask("enquire_link", {})).command_status });
  tell({ unbind: (await ask("unbind", {})).command_status });
}

session.on("connect", () => converse().then(() => session.close(() => process.exit(0))));
