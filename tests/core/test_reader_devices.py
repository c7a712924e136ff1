import socket

from devices import PacedWriter
from readers import PATIENT_S, await_message, link, raw

from driftscope.core.messages import Raw
from driftscope.core.transports.serial import Serial


def test_a_serial_device_is_read_unplugged_and_read_again(start, device):
    _, inbox, _ = start(Serial(device.path))
    await_message(inbox, link("live"))
    device.write(b"one\n")
    await_message(inbox, lambda m: isinstance(m, Raw) and m.chunk.data == b"one\n")
    device.unplug()
    await_message(inbox, link("lost"))
    device.replug()
    await_message(inbox, link("live"))
    device.write(b"two\n")
    await_message(inbox, lambda m: isinstance(m, Raw) and m.chunk.data == b"two\n")


def test_a_released_port_can_be_opened_by_another_program(start, device):
    reader, inbox, _ = start(Serial(device.path))
    await_message(inbox, link("live"))
    reader.release(True)
    await_message(inbox, link("released"))
    other = Serial(device.path)
    other.open()
    reader.release(False)
    lost = await_message(inbox, link("lost"))[-1]
    assert "in use by another program" in lost.message
    other.close()
    await_message(inbox, link("live"))


def test_every_line_of_a_paced_device_arrives(start, device):
    _, inbox, _ = start(Serial(device.path))
    await_message(inbox, link("live"))
    lines = [b"%d,0.5,0.25\n" % i for i in range(5000)]
    writer = PacedWriter(device, lines, bytes_per_s=300_000)
    writer.start()
    came = b""
    while not came.endswith(lines[-1]):
        came += raw(await_message(inbox, lambda m: isinstance(m, Raw)))
    writer.stop()
    assert came == b"".join(lines)


def test_a_socket_whose_peer_goes_is_lost_and_found(start):
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(PATIENT_S)
        reader, inbox, _ = start(Serial(f"socket://127.0.0.1:{server.getsockname()[1]}"))
        for word in (b"one", b"two"):
            peer, _ = server.accept()
            await_message(inbox, link("live"))
            with peer:
                peer.sendall(word)
            messages = await_message(inbox, link("lost"))
            assert raw(messages) == word
        assert reader.stop(PATIENT_S)
