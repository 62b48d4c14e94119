package io.meridian.compactor.downsample.cuda;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// PTX → C++ that does the same, instruction by instruction (PTX ISA 6.3), so that the kernels as shipped run where
/// there is no device. Knows what our kernels use; anything else is an error.
final class PtxTranslator {
    private static final Pattern ENTRY = Pattern.compile("\\.visible \\.entry (\\w+)\\(");
    private static final Pattern PARAMETER = Pattern.compile("\\.param \\.(u32|u64) (\\w+)_param_(\\d+),?");
    private static final Pattern REGISTERS = Pattern.compile("\\.reg \\.(\\w+) %(\\w+)<(\\d+)>;");
    private static final Pattern INSTRUCTION =
            Pattern.compile("(?:@(!?)(%p\\d+)\\s+)?([a-z][a-z0-9_]*(?:\\.[a-z0-9_]+)*)\\s*(.*);");
    private static final Pattern ADDRESS = Pattern.compile("\\[(%rd\\d+)(?:\\+(-?\\d+))?]");
    private static final Map<String, String> COMPARISONS =
            Map.of("eq", "==", "ne", "!=", "lt", "<", "le", "<=", "gt", ">", "ge", ">=");
    private static final Map<String, String> OPERATORS =
            Map.of("add", "+", "sub", "-", "mul", "*", "and", "&", "or", "|", "xor", "^", "rem", "%", "div", "/");

    private final StringBuilder out = new StringBuilder();
    private final List<String> kernels = new ArrayList<>();
    private String kernel = "";
    private int parameters;

    private PtxTranslator() {}

    /// @return definitions of one function for each kernel, and a table of them
    static String translate(String ptx) {
        var translator = new PtxTranslator();
        ptx.lines()
                .map(line -> line.replaceFirst("//.*", "").strip().replaceAll("\\s+", " "))
                .forEach(translator::line);
        var out = translator.out.append("static const std::map<std::string, PtxKernel> ptx_kernels = {\n");
        translator.kernels.forEach(
                name -> out.append("{\"%s\", {ptx_%s, %s_parameters}},\n".formatted(name, name, name)));
        return out.append("};\n").toString();
    }

    private void line(String line) {
        Matcher match;
        if (line.isEmpty() || line.matches("\\.(version|target|address_size|maxntid|pragma) .*")) {
            return;
        }
        if ((match = ENTRY.matcher(line)).matches()) {
            kernel = match.group(1);
            kernels.add(kernel);
            parameters = 0;
            out.append("static const std::vector<size_t> ").append(kernel).append("_parameters = {");
        } else if ((match = PARAMETER.matcher(line)).matches()) {
            require(Integer.parseInt(match.group(3)) == parameters++, line);
            out.append(match.group(1).equals("u64") ? "8," : "4,");
        } else if (line.equals(")")) {
            out.append("};\nstatic void ptx_%s(const PtxLane &lane) {\n".formatted(kernel));
        } else if ((match = REGISTERS.matcher(line)).matches()) {
            for (int i = 0; i < Integer.parseInt(match.group(3)); i++) {
                out.append("%s %s%d = 0; (void)%s%d;\n"
                        .formatted(registerType(match.group(1)), match.group(2), i, match.group(2), i));
            }
        } else if (line.matches("\\$L__\\w+:")) {
            out.append(line.substring(1)).append(";\n");
        } else if (line.equals("}")) {
            out.append("}\n");
        } else if (!line.equals("{")) {
            match = INSTRUCTION.matcher(line);
            require(match.matches(), line);
            if (match.group(2) != null) {
                out.append("if (%s%s) ".formatted(match.group(1), operand(match.group(2), "pred")));
            }
            String code = instruction(List.of(match.group(3).split("\\.")), operands(match.group(4)), line);
            out.append("{ ").append(code).append(" }\n");
        }
    }

    private static void require(boolean holds, String line) {
        if (!holds) {
            throw new IllegalArgumentException("no translation for: " + line);
        }
    }

    private static List<String> operands(String text) {
        // A comma inside of braces belongs to a vector.
        return List.of(text.strip().split(",\\s*(?![^{]*})"));
    }

    private static String registerType(String type) {
        return switch (type) {
            case "pred" -> "bool";
            case "b16" -> "u16";
            case "b32" -> "u32";
            case "b64" -> "u64";
            case "f64" -> "double";
            default -> throw new IllegalArgumentException("no registers of " + type);
        };
    }

    /// A C++ type by its PTX name.
    private static String type(String name) {
        return switch (name) {
            case "pred" -> "bool";
            case "u8", "u16", "u32", "u64" -> name;
            case "b16", "b32", "b64" -> "u" + name.substring(1);
            case "s16", "s32", "s64" -> "i" + name.substring(1);
            case "f64" -> "double";
            default -> throw new IllegalArgumentException("no type " + name);
        };
    }

    /// What an instruction of a type reads.
    private static String operand(String text, String type) {
        String read = switch (text) {
            case "%tid.x" -> "lane.thread";
            case "%ntid.x" -> "lane.threads";
            case "%ctaid.x" -> "lane.block";
            default ->
                text.startsWith("%")
                        ? text.substring(1)
                        : text.startsWith("0d")
                                ? "double_of(0x" + text.substring(2) + "ULL)"
                                : type.equals("f64") ? "?" : text + (text.startsWith("-") ? "LL" : "ULL");
        };
        require(!read.equals("?"), text);
        return "((%s)%s)".formatted(type(type), read);
    }

    private static String register(String text) {
        require(text.startsWith("%") && !text.contains("."), text);
        return text.substring(1);
    }

    private String instruction(List<String> opcode, List<String> operands, String line) {
        String name = opcode.getFirst();
        String type = opcode.getLast();
        return switch (name) {
            case "bra" -> "goto " + operands.getFirst().substring(1) + ";";
            case "ret" -> "return;";
            case "ld" -> load(opcode, operands, line);
            case "st" -> store(opcode, operands, line);
            case "setp" -> {
                require(opcode.size() == 3, line);
                String a = operand(operands.get(1), type);
                String b = operand(operands.get(2), type);
                String comparison = opcode.get(1).equals("nan")
                        ? "%s != %s || %s != %s".formatted(a, a, b, b)
                        : a + " " + COMPARISONS.get(opcode.get(1)) + " " + b;
                // Ordered comparisons of doubles are those of C++, but for `ne`, which is false of NaN.
                require(
                        opcode.get(1).equals("nan")
                                || COMPARISONS.containsKey(opcode.get(1)) && !line.contains("ne.f64"),
                        line);
                yield "%s = %s;".formatted(register(operands.getFirst()), comparison);
            }
            case "cvt" -> {
                if (opcode.get(1).equals("rn")) {
                    require(opcode.size() == 4 && opcode.get(2).equals("f64"), line);
                    yield "%s = (double)%s;".formatted(register(operands.get(0)), operand(operands.get(1), type));
                }
                require(opcode.size() == 3 && !line.contains("f64"), line);
                yield "%s = (%s)%s;"
                        .formatted(register(operands.get(0)), type(opcode.get(1)), operand(operands.get(1), type));
            }
            case "mul", "mad" -> multiply(opcode, operands, line);
            default -> "%s = %s;".formatted(register(operands.getFirst()), value(opcode, operands, line));
        };
    }

    private static String multiply(List<String> opcode, List<String> operands, String line) {
        require(
                opcode.size() == 3
                        && (opcode.get(1).equals("lo") || opcode.get(1).equals("wide")),
                line);
        String type = opcode.get(2);
        // Products of 32 bits are whole in 64, and low halves do not depend on the sign.
        String wide = type.startsWith("s") ? "i64" : "u64";
        String product =
                "(%s)%s * (%s)%s".formatted(wide, operand(operands.get(1), type), wide, operand(operands.get(2), type));
        String added = opcode.getFirst().equals("mad") ? " + " + operand(operands.get(3), type) : "";
        require(added.isEmpty() || opcode.get(1).equals("lo"), line);
        return "%s = %s%s;".formatted(register(operands.getFirst()), product, added);
    }

    private static String value(List<String> opcode, List<String> operands, String line) {
        String name = opcode.getFirst();
        String type = opcode.getLast();
        String unsigned = type.startsWith("s") ? "u" + type.substring(1) : type;
        boolean isFloat = type.equals("f64");
        require(
                opcode.size() == (isFloat && List.of("add", "sub").contains(name) ? 3 : name.equals("cvta") ? 4 : 2),
                line);
        require(!isFloat || opcode.size() == 2 || opcode.get(1).equals("rn"), line);
        String a = operand(operands.get(1), type);
        return switch (name) {
            case "mov", "cvta" -> a;
            // Signed sums wrap.
            case "add", "sub" -> {
                String of = isFloat ? type : unsigned;
                yield operand(operands.get(1), of) + " " + OPERATORS.get(name) + " " + operand(operands.get(2), of);
            }
            case "and", "or", "xor" -> a + " " + OPERATORS.get(name) + " " + operand(operands.get(2), type);
            case "rem", "div" -> {
                require(!isFloat, line);
                yield a + " " + OPERATORS.get(name) + " " + operand(operands.get(2), type);
            }
            case "min", "max" -> {
                require(!isFloat, line);
                yield "std::%s(%s, %s)".formatted(name, a, operand(operands.get(2), type));
            }
            case "not" -> type.equals("pred") ? "!" + a : "~" + a;
            case "neg" -> isFloat ? "-" + a : "0 - " + operand(operands.get(1), unsigned);
            case "shl" -> "ptx_shift_left(%s, %s)".formatted(a, operand(operands.get(2), "u32"));
            case "shr" -> "ptx_shift_right(%s, %s)".formatted(a, operand(operands.get(2), "u32"));
            case "selp" ->
                "%s ? %s : %s".formatted(operand(operands.get(3), "pred"), a, operand(operands.get(2), type));
            case "clz" -> "%s == 0 ? %su : (u32)__builtin_clzll(%s)".formatted(a, type.substring(1), a);
            case "prmt" ->
                "ptx_permute(%s, %s, %s)".formatted(a, operand(operands.get(2), type), operand(operands.get(3), type));
            case "bfi" ->
                "ptx_insert(%s, %s, %s, %s)"
                        .formatted(
                                a,
                                operand(operands.get(2), type),
                                operand(operands.get(3), "u32"),
                                operand(operands.get(4), "u32"));
            default -> throw new IllegalArgumentException("no translation for: " + line);
        };
    }

    private static String load(List<String> opcode, List<String> operands, String line) {
        String type = type(opcode.getLast());
        if (opcode.get(1).equals("param")) {
            var match = Pattern.compile("\\[(\\w+)_param_(\\d+)]").matcher(operands.get(1));
            require(match.matches(), line);
            return "%s = lane.parameter<%s>(%s);".formatted(register(operands.getFirst()), type, match.group(2));
        }
        require(opcode.get(1).equals("global"), line);
        var code = new StringBuilder();
        var targets = vector(operands.getFirst());
        for (int i = 0; i < targets.size(); i++) {
            code.append("%s = ptx_load<%s>(%s);"
                    .formatted(
                            register(targets.get(i)), type, address(operands.get(1), type, i, targets.size(), line)));
        }
        return code.toString();
    }

    private static String store(List<String> opcode, List<String> operands, String line) {
        String type = type(opcode.getLast());
        require(opcode.size() == 2 || opcode.get(1).equals("global"), line);
        var code = new StringBuilder();
        var sources = vector(operands.get(1));
        for (int i = 0; i < sources.size(); i++) {
            code.append("ptx_store<%s>(%s, %s);"
                    .formatted(
                            type,
                            address(operands.getFirst(), type, i, sources.size(), line),
                            operand(sources.get(i), opcode.getLast())));
        }
        return code.toString();
    }

    private static List<String> vector(String text) {
        return text.startsWith("{")
                ? List.of(text.substring(1, text.length() - 1).strip().split(",\\s*"))
                : List.of(text);
    }

    /// Of one element of a vector, which is aligned as a whole.
    private static String address(String text, String type, int element, int elements, String line) {
        var match = ADDRESS.matcher(text);
        require(match.matches(), line);
        String offset = match.group(2) == null ? "0" : match.group(2);
        return "ptx_aligned(%s + (%sLL), %d * sizeof(%s)) + %d * sizeof(%s)"
                .formatted(match.group(1).substring(1), offset, elements, type, element, type);
    }
}
