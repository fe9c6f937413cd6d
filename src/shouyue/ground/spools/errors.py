"""The one refusal of this room."""

from shouyue.ground.kit.errors import Refusal


class NoRoom(Refusal):
    """A file on its way through finds no room, here or on the disk; nothing of it is kept."""

    code = "spools.no-room"
    zh = "平台暂时没有空间接收文件，请求未处理，请稍后重试。"
    en = "The platform has no room for a file now and did nothing. Try again later."
