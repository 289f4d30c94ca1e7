"""Answers for Google's protobuf: reads and writes messages that it is sent, until its input ends.

Called by src/google.rs, with the path of a FileDescriptorSet as the only argument. Everything is framed by lengths of four
bytes, little-endian. A request is one frame: an operation (one letter), the name of a message and its items, each with a
length in front. The answer is one frame: for each item `+` and what came of it, or `-` and what is wrong with it.

    B   bytes: read and written again, in the order of their keys where there are maps
    J   bytes to JSON
    P   JSON to bytes
"""

import json
import struct
import sys

from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory


class Judge:
    def __init__(self, descriptors):
        self.pool = descriptor_pool.DescriptorPool()
        for file in descriptor_pb2.FileDescriptorSet.FromString(descriptors).file:
            self.pool.Add(file)

    def answer(self, operation, name, items):
        message_class = message_factory.GetMessageClass(self.pool.FindMessageTypeByName(name))
        return [self.attempt(getattr(self, "answer_" + operation.decode()), message_class, item) for item in items]

    def attempt(self, answer, message_class, item):
        try:
            return b"+" + answer(message_class, item)
        except Exception as error:  # Whatever it finds wrong is an answer, too.
            return b"-" + f"{type(error).__name__}: {error}".encode()

    def answer_B(self, message_class, item):
        return message_class.FromString(item).SerializeToString(deterministic=True)

    def answer_J(self, message_class, item):
        message = message_class.FromString(item)
        members = json_format.MessageToDict(message, descriptor_pool=self.pool)
        # As MessageToJson does it, without blanks.
        return json.dumps(members, ensure_ascii=False, separators=(",", ":")).encode("utf-8")

    def answer_P(self, message_class, item):
        message = json_format.Parse(item.decode("utf-8"), message_class(), descriptor_pool=self.pool)
        return message.SerializeToString(deterministic=True)


def frames(data):
    at = 0
    while at < len(data):
        (length,) = struct.unpack_from("<I", data, at)
        yield data[at + 4 : at + 4 + length]
        at += 4 + length


def framed(data):
    return struct.pack("<I", len(data)) + data


def main():
    with open(sys.argv[1], "rb") as file:
        judge = Judge(file.read())
    while head := sys.stdin.buffer.read(4):
        operation, name, *items = frames(sys.stdin.buffer.read(*struct.unpack("<I", head)))
        answer = b"".join(map(framed, judge.answer(operation, name.decode(), items)))
        sys.stdout.buffer.write(framed(answer))
        sys.stdout.buffer.flush()


main()
