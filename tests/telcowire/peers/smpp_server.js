// Runs under Node: npm's smpp as a carrier. Answers with hexadecimal ids and reports with decimal ones, as some do.
//
// Arguments: system_id, password. Prints its port, then one JSON line for each thing it understood; ends when the last
// client has unbound.
"use strict";

const smpp = require("smpp");

const [systemId, password] = process.argv.slice(2);
const tell = (what) => console.log(JSON.stringify(what));
const receivers = new Set();
let bound = 0;
let lastId = 0x29;

const phone = { source_addr_ton: 1, source_addr_npi: 1, source_addr: "8613800000000", destination_addr: "10690001" };

function report(id, submit) {
  const message =
    `id:${String(id).padStart(10, "0")} sub:001 dlvrd:001 submit date:2611220000 done date:2611220001` +
    ` stat:DELIVRD err:000 text:${String(submit.short_message.message).slice(0, 10).replace(/[^ -~]/g, "?")}`;
  for (const receiver of receivers) {
    receiver.deliver_sm({ ...phone, source_addr: submit.destination_addr, esm_class: 4, short_message: message });
  }
}

function sendTexts(session) {
  const long = Buffer.from("【鸿雁】" + "长".repeat(100), "utf16le").swap16();
  [long.subarray(0, 134), long.subarray(134)].forEach((part, index) => {
    const udh = Buffer.from([5, 0, 3, 9, 2, index + 1]);
    session.deliver_sm({ ...phone, esm_class: 0x40, data_coding: 8, short_message: { udh, message: part } });
  });
  session.deliver_sm({ ...phone, data_coding: 0, short_message: "TD {1}" });
  session.data_sm({ ...phone, data_coding: 8, message_payload: { message: "退订".repeat(200) } });
}

const server = smpp.createServer((session) => {
  session.on("error", (error) => console.error(error));
  for (const kind of ["bind_transceiver", "bind_transmitter", "bind_receiver"]) {
    session.on(kind, (pdu) => {
      if (pdu.system_id !== systemId || pdu.password !== password) {
        session.send(pdu.response({ command_status: smpp.ESME_RINVPASWD }));
        session.close();
        return;
      }
      bound += 1;
      if (kind !== "bind_transmitter") receivers.add(session);
      session.send(pdu.response({ system_id: "carrier", sc_interface_version: 0x34 }));
      if (kind === "bind_transceiver") sendTexts(session);
    });
  }
  session.on("submit_sm", (pdu) => {
    if (pdu.destination_addr === "0") {
      session.send(pdu.response({ command_status: smpp.ESME_RTHROTTLED }));
      return;
    }
    lastId += 1;
    session.send(pdu.response({ message_id: lastId.toString(16).toUpperCase() }));
    report(lastId, pdu);
  });
  session.on("query_sm", (pdu) => session.send(pdu.response({ message_id: pdu.message_id, message_state: 2 })));
  session.on("enquire_link", (pdu) => {
    tell({ enquire_link: true });
    session.send(pdu.response());
  });
  session.on("unbind", (pdu) => {
    tell({ unbind: systemId });
    session.send(pdu.response());
    session.close();
    receivers.delete(session);
    bound -= 1;
    if (bound === 0) server.close();
  });
});

server.listen(0, "127.0.0.1", () => tell({ port: server.address().port }));
