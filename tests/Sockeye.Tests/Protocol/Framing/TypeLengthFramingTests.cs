using Sockeye.Protocol.Framing;

namespace Sockeye.Tests.Protocol.Framing;

public sealed class TypeLengthFramingTests
{
    [Fact]
    public void What_is_written_is_what_programs_of_2010_write()
    {
        byte[] head = new byte[14];
        Assert.Equal(9, TypeLengthFraming.WriteHead(head, 5));
        Assert.Equal(Convert.FromHexString("FF0000000000000005"), head[..9]);
        TypeLengthFraming.WriteHead(head, 0x0102030405060708);
        Assert.Equal(Convert.FromHexString("FF0102030405060708"), head[..9]);
        Assert.Equal(new byte[9], TypeLengthFraming.Close.ToArray());
    }

    [Fact]
    public void A_text_is_handed_on_as_it_comes_with_what_is_still_to_come()
    {
        var framing = new TypeLengthFraming(maxBytes: 5);
        var piece = default(FramePiece);
        Span<byte> input = (byte[])[0xFF, 0, 0, 0, 0, 0, 0, 0, 5, .. "Hel"u8];
        Assert.True(framing.TryRead(ref input, ref piece));
        Assert.Equal("Hel"u8, piece.Text);
        Assert.False(piece.EndOfMessage);
        Assert.Equal(2, piece.BytesLeft);
        Assert.False(framing.IsBetweenFrames);

        input = (byte[])[.. "lo"u8, 0xFF];
        Assert.True(framing.TryRead(ref input, ref piece));
        Assert.Equal("lo"u8, piece.Text);
        Assert.True(piece.EndOfMessage);
        Assert.True(framing.IsBetweenFrames);
        Assert.Equal(1, input.Length);
    }

    [Theory]
    [InlineData("FF0000000000000006", CloseCode.MessageTooBig)]
    [InlineData("FFFFFFFFFFFFFFFFFF", CloseCode.MessageTooBig)]
    [InlineData("42", CloseCode.ProtocolError)]
    public void A_frame_that_is_too_long_or_unknown_is_a_violation(string wire, CloseCode code)
    {
        var framing = new TypeLengthFraming(maxBytes: 5);
        var piece = default(FramePiece);
        Span<byte> input = Convert.FromHexString(wire);
        Assert.True(framing.TryRead(ref input, ref piece));
        Assert.Equal(code, piece.Violation!.Code);
    }
}
