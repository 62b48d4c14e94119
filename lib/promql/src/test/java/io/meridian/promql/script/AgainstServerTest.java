package io.meridian.promql.script;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.promql.Engine;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AgainstServerTest {
    private static final String SCRIPT = """
            load 1m
              foo 1 2
              hist {{schema:0 count:3 sum:4 buckets:[1 2]}}

            eval range from 0 to 1m step 1m %s
            """;

    private final List<String> asked = new ArrayList<>();
    private String answer = "";

    private List<String> differences(String query) {
        try (var engine = new Engine(ScriptRunner.engineOptions().withThreads(1));
                var against = new AgainstServer(this::post, ScriptRunner.of(engine))) {
            new ScriptRunner(against, MemorySource::new).run("x.test", SCRIPT.formatted(query));
            return against.differences();
        }
    }

    private String post(String path, String form) {
        asked.add(path + "?" + form);
        return answer;
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "foo | [{'metric':{'__name__':'foo'},'values':[[0,'1'],[60,'2']]}]",
                "sum(foo) | [{'metric':{},'values':[[0,'1'],[60,'2.0000000000000004']]}]",
                "hist | [{'metric':{'__name__':'hist'},'histograms':[[0,{'count':'3','sum':'4','buckets':"
                        + "[[0,'0.5','1','1'],[0,'1','2','2']]}],[60,{'count':'3','sum':'4','buckets':"
                        + "[[0,'0.5','1','1'],[0,'1','2','2']]}]]}]",
            })
    void run_sameAnswer_noDifference(String query, String result) {
        answer = "{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":"
                + result.replace('\'', '"')
                + "}}";
        assertThat(differences(query)).isEmpty();
        assertThat(asked.getFirst())
                .startsWith("/api/v1/query_range?query=")
                .contains("&start=0.000&end=60.000&step=60");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "{'status':'error','error':'nope'} | only the server fails: nope",
                "{'status':'success','data':{'resultType':'matrix','result':[]}} | series: only ours",
                "{'status':'success','data':{'resultType':'vector','result':[]}} | type: ours matrix, server vector",
                "{'status':'success','warnings':['w'],'data':{'resultType':'matrix','result':[]}} | warnings: ours [], server [w]",
                "{'status':'success','data':{'resultType':'matrix','result':[{'metric':{'__name__':'foo'},'values':[[0,'1'],[60,'3']]}]}}"
                        + " | at 60000 ms ours 2, server 3",
                "nothing | no answer",
            })
    void run_otherAnswer_isNoted(String json, String difference) {
        answer = json.replace('\'', '"');
        assertThat(differences("foo")).singleElement().asString().contains(difference);
    }

    @Test
    void run_bothFail_comparesTexts() {
        answer = "{\"status\":\"error\",\"error\":\"multiple matches for labels: grouping labels must ensure unique "
                + "matches\"}";
        assertThat(differences("foo * on() group_left() {__name__=~\"foo|hist\"}"))
                .singleElement()
                .asString()
                .contains("error: ours");
    }
}
